"""A store's rows as they come from its database: texts, and what the versions keep in different columns."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

Row = Mapping[str, str | None]
Record = Mapping[str, Any]

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")


def text(value: str | None) -> str:
    """A text column: HTML entities decoded once, as PHP's html_entity_decode does."""
    return _ENTITY.sub(lambda found: html.unescape(found[0]), value or "")


def whole(value: str | None) -> int | str:
    """A whole number; anything else goes out as it stands, for the platform to judge."""
    return int(value or 0) if re.fullmatch(r"-?[0-9]{1,9}", value or "0") else str(value)


def rank(value: str | None) -> int:
    """A number to sort by."""
    rank = whole(value)
    return rank if isinstance(rank, int) else 0


def sorted_rows(record: Record, table: str, key: str) -> Sequence[Row]:
    """An order's rows of one table, by their number."""
    return sorted(record.get(table) or (), key=lambda row: rank(row.get(key)))


def method(order: Row, kind: str) -> dict[str, str]:
    """The method's code and what else is known: columns up to 4.0.1, JSON from 4.0.2."""
    if f"{kind}_code" in order:
        return {"code": text(order[f"{kind}_code"])}
    try:
        found = json.loads(order.get(f"{kind}_method") or "{}")
    except ValueError:
        return {}
    known = found if isinstance(found, dict) else {}
    return {name: text(str(known[name])) for name in ("code", "name", "tax_class_id") if known.get(name) is not None}
