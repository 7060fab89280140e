"""To which month an order number belongs that has no date: every number of the shop is accounted for, once.

A shop counts up. A checkout that was never completed tells us its number and no date, so it belongs to the month of
the nearest lower number that has one; and so do the numbers in between that the shop does not have.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kloppend.records.models import Connection

Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Numbers:
    """Primary keys of the orders without a date that belong to a month, and the numbers that no order bears."""

    undated: tuple[int, ...]
    missing: tuple[range, ...]


def numbers_of(connection: Connection, month: Month, zone: ZoneInfo) -> Numbers:
    """What the shop's counter says about this month. Numbers that only a person told us are no evidence here."""
    rows = connection.orders.exclude(status_id="", already_booked=True)
    found = rows.values_list("shop_order_id", "pk", "placed_at")
    known = sorted((int(number), pk, placed) for number, pk, placed in found if _counts(number))
    current = next((_month(placed, zone) for _, _, placed in known if placed), None)
    undated, missing = [], []
    for position, (number, pk, placed) in enumerate(known):
        current = _month(placed, zone) if placed else current
        if current != month:
            continue
        if placed is None:
            undated.append(pk)
        if position + 1 < len(known) and known[position + 1][0] > number + 1:
            missing.append(range(number + 1, known[position + 1][0]))
    return Numbers(tuple(undated), tuple(missing))


def _counts(number: str) -> bool:
    return number.isascii() and number.isdecimal()


def _month(moment: datetime, zone: ZoneInfo) -> Month:
    local = moment.astimezone(zone)
    return local.year, local.month
