"""Lists as Asperion gives them: filters by field name, pages in an envelope of `_data` and `_meta`."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlencode

from kloppend.books.asperion.simulator.administration import Row, SimulatedAdministration
from kloppend.books.asperion.simulator.answer import Failure
from kloppend.books.asperion.simulator.faults import Fault, Faults

_NOT_FILTERS = {"page", "pageSize", "fields", "orderBy", "metaOnly"}
_DEFAULT_SIZE, _LARGEST_SIZE = 25, 200  # a guess: neither is known
_COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "Contains": lambda value, wanted: wanted in value,
    "Equals": lambda value, wanted: value == wanted,
    "NotEquals": lambda value, wanted: value != wanted,
    "StartsWith": lambda value, wanted: value.startswith(wanted),
    "EndsWith": lambda value, wanted: value.endswith(wanted),
}
_COMPARABLE = {"invoicenumber"}


def listing(
    rows: Iterable[Row], path: str, query: Mapping[str, str], administration: SimulatedAdministration, faults: Faults
) -> dict[str, Any]:
    """One page of the rows that the query's filters leave."""
    found = list(rows)
    if faults.strikes(Fault.FILTERS_IGNORED) is None:
        exact = faults.strikes(Fault.FILTERS_EXACT) is not None
        for name, wanted in query.items():
            if name not in _NOT_FILTERS and not name.endswith("_comparison"):
                found = [row for row in found if _passes(row, name, wanted, query, exact=exact)]
    number, size = _whole(query, "page", 1), min(_whole(query, "pageSize", _DEFAULT_SIZE), _LARGEST_SIZE)
    pages = -(-len(found) // size)

    def link(target: int) -> str:
        return f"{path}?{urlencode({**query, 'page': target, 'pageSize': size})}" if 1 <= target <= pages else ""

    meta = {
        "administrationId": administration.id, "administrationName": administration.name, "profileName": "Simulator",
        "previousPage": link(number - 1), "nextPage": link(number + 1), "totalCount": len(found), "pageCount": pages,
        "self": path,
    }  # fmt: skip
    shown = found[(number - 1) * size : number * size]
    data = [{**row, "_meta": {"self": f"{path}/{row['id']}"}} for row in shown]
    return {"_meta": meta} if query.get("metaOnly") == "true" else {"_data": data, "_meta": meta}


def _passes(row: Row, name: str, wanted: str, query: Mapping[str, str], *, exact: bool) -> bool:
    """Texts by "contains" unless told otherwise (confirmed for invoice numbers only), all else by equality."""
    by_name = {key.lower(): value for key, value in row.items()}
    value = by_name.get(name.lower())
    if name.lower() not in by_name:
        return True  # a filter that does not exist is ignored
    if isinstance(value, (Decimal, int)):
        return _equal_numbers(value, wanted)
    text = str(value or "").lower()
    if name.lower() == "date":
        return text[:10] == wanted[:10]
    comparison = query.get(f"{name}_comparison", "Equals" if exact else "Contains")
    usable = name.lower() in _COMPARABLE or exact
    return _COMPARISONS.get(comparison if usable else "Contains", _COMPARISONS["Contains"])(text, wanted.lower())


def _equal_numbers(value: Decimal | int, wanted: str) -> bool:
    try:
        return Decimal(value) == Decimal(wanted)
    except InvalidOperation:
        return False


def _whole(query: Mapping[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1_000_000):
        raise Failure(400, "One or more validation errors occurred.", {name: ["must be a whole number above 0"]})
    return int(text)
