"""Pages by key: "what comes before this row" instead of "skip so many", so that page 1000 costs what page 1 costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.http import QueryDict

Row = TypeVar("Row", bound=Model)
ROWS = 50


@dataclass(frozen=True, slots=True)
class Rows(Generic[Row]):
    """One page of rows, newest first. `first` and `earlier` are query strings that keep what was searched for."""

    rows: list[Row]
    later: bool
    first: str
    earlier: str

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def rows_before(found: QuerySet[Row], query: QueryDict, *, keep: tuple[str, ...] = (), size: int = ROWS) -> Rows[Row]:
    """The page that `?before=<id>` asks for, ordered by descending id; a `before` that is no number is ignored."""
    before = query.get("before", "")
    later = before.isascii() and before.isdigit() and len(before) < 19
    page = list((found.filter(pk__lt=int(before)) if later else found).order_by("-pk")[: size + 1])
    kept = {name: query[name] for name in keep if query.get(name)}
    earlier = urlencode(kept | {"before": page[size - 1].pk}) if len(page) > size else ""
    return Rows(page[:size], later, urlencode(kept), earlier)
