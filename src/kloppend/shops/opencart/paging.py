"""Where we are in a shop's orders: first the history by order number, from then on whatever changed, by date.

The position travels as text, the cursor; only this module reads it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kloppend.shops.opencart import wire
from kloppend.shops.opencart.moments import minutes_before

OVERLAP_MINUTES = 10
"""How far changed orders are read again: order rows become visible a little after the time they carry."""

PAGES_PER_WALK = 5000
"""Pages fetched in one go: a million orders, or five million outlines. A shop that always says there is more ends here;
a real one of that size goes on from its cursor next time."""

_TEXT = re.compile(r"(history|changed):([0-9]{1,20}):([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})", re.ASCII)


class PagesLeft:
    """Counts the pages of one walk down, so that it ends whatever the shop says."""

    def __init__(self) -> None:
        self._left = PAGES_PER_WALK

    def take(self) -> None:
        """One more page is asked. Raises ValueError when there were too many."""
        if self._left <= 0:
            raise ValueError("the walk does not end")
        self._left -= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """After this order. `date` is by the shop's clock: in the history when it began, else the order's change date."""

    mode: Literal["history", "changed"] = "history"
    after_id: int = 0
    date: str = ""

    @classmethod
    def resume(cls, cursor: str) -> "Position":
        """Where to go on. Text that is no cursor means the start of the history, which misses nothing."""
        found = _TEXT.fullmatch(cursor)
        if not found:
            return cls()
        after_id, date = int(found[2]), found[3]
        try:
            overlapped = minutes_before(date, OVERLAP_MINUTES)
        except ValueError:
            return cls()
        return cls(mode="changed", date=overlapped) if found[1] == "changed" else cls(after_id=after_id, date=date)

    @property
    def cursor(self) -> str:
        """This position as text."""
        return f"{self.mode}:{self.after_id}:{self.date}"

    @property
    def params(self) -> dict[str, str]:
        """This position in a request."""
        place = {"mode": self.mode, "after_id": str(self.after_id)}
        return place if self.mode == "history" else place | {"since": self.date}

    def is_before(self, order: wire.Outline) -> bool:
        """Whether this order comes after this position."""
        if self.mode == "history":
            return int(order.order_id) > self.after_id
        return (order.date_modified, int(order.order_id)) > (self.date, self.after_id)

    def advance(self, orders: Sequence[wire.Outline], now: str) -> "Position":
        """The position after these orders, read at `now`. Raises ValueError when one does not come after the other."""
        position = self if self.date else Position(date=now)
        for order in orders:
            if not position.is_before(order):
                raise ValueError("the page does not go on from the one before")
            date = position.date if self.mode == "history" else order.date_modified
            position = Position(mode=self.mode, after_id=int(order.order_id), date=date)
        return position

    def finished(self, now: str) -> "Position":
        """What to keep when no more orders follow: after the history, changes since it began; else changes since `now`.

        It is not the last order's date, because one dated in the future would make us skip everything until then.
        """
        if self.mode == "history":
            return Position(mode="changed", date=minutes_before(self.date, OVERLAP_MINUTES))
        return Position(mode="changed", date=now)

    def order_key(self, order: wire.Outline) -> tuple[str, int]:
        """What orders are sorted by in this mode."""
        return ("" if self.mode == "history" else order.date_modified, int(order.order_id))
