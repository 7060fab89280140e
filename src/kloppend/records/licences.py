"""Which licence a key stands for, and whether it holds. Nothing is demanded unless the operator demands it."""

import secrets
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from django.conf import settings

from kloppend.domain.licence import licence_mark
from kloppend.domain.problems import Problem
from kloppend.records.models import Connection, Licence, Merchant
from kloppend.records.secrets import licence_fingerprint

State = Literal["trial", "valid", "expired"]
ZONE = ZoneInfo("Europe/Amsterdam")  # a licence ends with a day of the operator's
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # none that looks like another: people type them over


def give_out(merchant: Merchant, at: datetime, *, last_day: date | None = None, trial: bool = False) -> Licence:
    """Make a licence with a new key of 100 random bits."""
    key = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    found = licence_fingerprint(licence_mark(key))
    return Licence.objects.create(
        merchant=merchant, key=key, fingerprint=found, trial=trial, last_day=last_day, made_at=at
    )


def state_of(licence: Licence, at: datetime) -> State:
    """Whether it holds at this moment; its last day is a day on which it holds."""
    last_day = licence.last_day
    if licence.ended_at or (last_day and at.astimezone(ZONE).date() > last_day):
        return "expired"
    return "trial" if licence.trial else "valid"


def licence_of(fingerprint: str) -> Licence | None:
    """The licence with this fingerprint."""
    return Licence.objects.filter(fingerprint=fingerprint).first() if fingerprint else None


def in_the_way(licence_key: str, at: datetime) -> list[Problem]:
    """What is wrong with this licence key, where the operator demands licences; nothing where he does not."""
    if not settings.KLOPPEND_LICENCES_DEMANDED:
        return []
    licence = licence_of(licence_fingerprint(licence_mark(licence_key)))
    if licence is None:
        return [Problem.of("LICENCE_UNKNOWN")]
    if state_of(licence, at) == "expired":
        ended = licence.ended_at.astimezone(ZONE).date() if licence.ended_at else licence.last_day
        return [Problem.of("LICENCE_EXPIRED", date=ended)]
    return []


def known_as(mark: str, fitting: Connection | None, at: datetime) -> Literal["known", "expired", "unknown"]:
    """What a shop is told of its licence's mark. `fitting` is the connection whose API key it proved to have."""
    licence = licence_of(licence_fingerprint(mark))
    if licence:
        return "expired" if state_of(licence, at) == "expired" else "known"
    if settings.KLOPPEND_LICENCES_DEMANDED or fitting is None:
        return "unknown"
    return "known" if fitting.licence_fingerprint == licence_fingerprint(mark) else "unknown"
