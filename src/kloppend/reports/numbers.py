"""To which month an order number belongs that has no date: every number of the shop is accounted for, once.

A shop counts up. A checkout that was never completed tells us its number and no date, so it belongs to the month of
the nearest lower number that has one; and so do the numbers in between that the shop does not have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from kloppend.records.models import Connection, Order

Month = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a month's numbers tell beside its orders with a date.

    `undated`: primary keys of orders without one. `missing`: numbers no order bears. `elsewhere`: numbers of orders
    that another connection to the same shop holds, for instance the one before this.
    """

    undated: tuple[int, ...]
    missing: tuple[range, ...]
    elsewhere: tuple[range, ...]


def numbers_of(connection: Connection, month: Month, zone: ZoneInfo) -> Numbers:
    """What the shop's counter says about this month. Numbers that only a person told us are no evidence here."""
    rows = Order.objects.filter(shop__connections=connection).exclude(status_id="", already_booked=True)
    found = rows.values_list("shop_order_id", "pk", "placed_at", "connection_id")
    known = sorted((int(number), pk, placed, holder) for number, pk, placed, holder in found if _counts(number))
    current = next((_month(placed, zone) for _, _, placed, _ in known if placed), None)
    undated, missing, elsewhere = [], [], []
    for position, (number, pk, placed, holder) in enumerate(known):
        current = _month(placed, zone) if placed else current
        if current != month:
            continue
        if holder != connection.pk:
            elsewhere.append(number)
        elif placed is None:
            undated.append(pk)
        if position + 1 < len(known) and known[position + 1][0] > number + 1:
            missing.append(range(number + 1, known[position + 1][0]))
    return Numbers(tuple(undated), tuple(missing), tuple(_runs(elsewhere)))


def _runs(numbers: Sequence[int]) -> Iterator[range]:
    """The numbers, which rise, as ranges."""
    start = 0
    for end in range(1, len(numbers) + 1):
        if end == len(numbers) or numbers[end] != numbers[end - 1] + 1:
            yield range(numbers[start], numbers[end - 1] + 1)
            start = end


def _counts(number: str) -> bool:
    return number.isascii() and number.isdecimal()


def _month(moment: datetime, zone: ZoneInfo) -> Month:
    local = moment.astimezone(zone)
    return local.year, local.month
