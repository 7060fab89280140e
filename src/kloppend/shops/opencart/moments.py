"""When something happened: OpenCart's rows carry a wall-clock time without saying whose clock that was.

Every answer brings three readings of the shop's clock, and from those follows the zone of the rows.
"""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from kloppend.shops.opencart import wire

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for the zero date in `date_modified`, which imported orders carry: not changed since."""

_ROW = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_ZERO = "0000-00-00"
_SAME = timedelta(seconds=90)


def zone_of(clock: wire.Clock) -> tzinfo:
    """The zone that rows are written in. Raises ValueError when the clock cannot be read.

    When the database shows PHP's wall clock and PHP names its zone, rows follow that zone's summer and winter time;
    otherwise the database's distance to UTC, to the minute, holds for every row.
    """
    database, utc = _naive(clock.database), _naive(clock.utc)
    wall = datetime.fromisoformat(clock.php).replace(tzinfo=None)
    if clock.zone and abs(database - wall) <= _SAME:
        named = _named(clock.zone)
        if named:
            return named
    minutes = round((database - utc) / timedelta(minutes=1))
    return timezone(timedelta(minutes=minutes))


def moment(row: str, zone: tzinfo) -> datetime:
    """A row's time such as `2026-11-23 09:26:24`, aware. Raises ValueError, also for the zero date."""
    return _naive(row).replace(tzinfo=zone)


def modified_moment(row: str, zone: tzinfo) -> datetime:
    """The same for `date_modified`, where the zero date means never."""
    return NEVER if row.startswith(_ZERO) else moment(row, zone)


def minutes_before(row: str, minutes: int) -> str:
    """A row's time so many minutes earlier; the zero date stays what it is. Raises ValueError."""
    if row.startswith(_ZERO):
        return row
    return (_naive(row) - timedelta(minutes=minutes)).isoformat(sep=" ")


def _named(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, not a name at all, or a folder of names such as "Europe"
        return None


def _naive(row: str) -> datetime:
    if not _ROW.fullmatch(row):
        raise ValueError("not a date and time")
    found = datetime.fromisoformat(row)
    if not 1970 <= found.year < 2200:
        raise ValueError("not a date of our time")
    return found
