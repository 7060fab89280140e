"""Dates, times and choices as people type them, in the form in which they are stored."""

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

INVOICE_DATES: Mapping[str, str] = {
    "besteldatum": "order_date",
    "order_date": "order_date",
    "statusdatum": "trigger_date",
    "trigger_date": "trigger_date",
    "verzenddatum": "sending_date",
    "sending_date": "sending_date",
}
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})", re.ASCII)


def as_stored(name: str, typed: str) -> str:
    """What is stored for this setting. Raises ValueError when nobody can tell what is meant; other settings pass."""
    return _READERS[name](typed) if name in _READERS else typed


def _day(typed: str) -> str:
    if found := _DAY_FIRST.fullmatch(typed):
        return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
    return date.fromisoformat(typed).isoformat() if typed else ""


def _time(typed: str) -> str:
    if not (found := _TIME.fullmatch(typed)):
        raise ValueError(typed)
    return f"{time(int(found[1]), int(found[2])):%H:%M}"


def _invoice_date(typed: str) -> str:
    if typed.casefold() not in INVOICE_DATES:
        raise ValueError(typed)
    return INVOICE_DATES[typed.casefold()]


def _zone(typed: str) -> str:
    try:
        return ZoneInfo(typed).key
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError(typed) from error


_READERS: Mapping[str, Callable[[str], str]] = {
    "start_date": _day,
    "file_time": _time,
    "invoice_date": _invoice_date,
    "time_zone": _zone,
}
