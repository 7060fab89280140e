"""In whose language and zone a report is made, and the words that every report shares.

Reads the stored settings leniently: a report must also come when the settings are wrong, to say so.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kloppend.domain.problems import CATALOGUE, Language, Problem
from kloppend.domain.reasons import Reason
from kloppend.records.models import Connection, Order

DEFAULT_ZONE = "Europe/Amsterdam"

_STATES: Mapping[str, tuple[str, str]] = {
    Order.State.WAITING: ("wacht", "waiting"),
    Order.State.READY: ("klaar voor het volgende bestand", "ready for the next file"),
    Order.State.REFUSED: ("tegengehouden", "held"),
    Order.State.SKIPPED: ("overgeslagen", "skipped"),
    Order.State.SEALED: ("in een bestand, nog niet klaargezet", "in a file, not put in place yet"),
    Order.State.DELIVERED: ("in een bestand", "in a file"),
    Order.State.UNCERTAIN: ("onzeker", "uncertain"),
    Order.State.CHANGED_AFTER: ("in een bestand, daarna gewijzigd", "in a file, changed since"),
}


def zone_of(connection: Connection) -> ZoneInfo:
    """The connection's time zone."""
    try:
        return ZoneInfo(str(connection.settings.get("time_zone", DEFAULT_ZONE)))
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(DEFAULT_ZONE)


def language_of(connection: Connection) -> Language:
    """The connection's language."""
    return "en" if connection.settings.get("language") == "en" else "nl"


def state_text(state: str, language: Language) -> str:
    """An order's state in a few words."""
    dutch, english = _STATES[state]
    return dutch if language == "nl" else english


def holds_up(code: str) -> bool:
    """Whether somebody must know of it: not so for a warning on an order that goes its way."""
    return code not in CATALOGUE or CATALOGUE[code].kind != "warning"


def cause_text(code: str, detail: Mapping[str, str] | None, language: Language) -> str:
    """Why, in a sentence; empty for a code without particulars, which the order's page then tells."""
    if code in Reason.__members__:
        return Reason[code].text(language)
    if code not in CATALOGUE or detail is None:
        return ""
    return Problem(code, detail).text(language).cause
