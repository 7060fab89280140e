"""Finds what VIES said of a VAT number, and writes down what it says now."""

from datetime import datetime, timedelta

from kloppend.outside.vies import Found
from kloppend.records.models import VatCheck
from kloppend.records.secrets import keyed_hash

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=30), timedelta(hours=6)
"""Before an unanswered question is asked again: it doubles, and a run comes by every hour."""


def latest_check(connection_id: int | None, number: str, outcome: str = "") -> VatCheck | None:
    """The newest check of this normalised number (with this outcome); checks are of one connection's merchant."""
    rows = VatCheck.objects.filter(connection=connection_id, number_hash=keyed_hash(number))
    if outcome:
        rows = rows.filter(outcome=outcome)
    return rows.order_by("-checked_at", "-pk").first()


def open_question(connection_id: int, number: str, at: datetime) -> VatCheck:
    """The question about this number that has no answer yet; there is one at most."""
    row, _ = VatCheck.objects.get_or_create(
        connection_id=connection_id,
        number_hash=keyed_hash(number),
        outcome=VatCheck.Outcome.UNAVAILABLE,
        defaults={"country": number[:2], "checked_at": at},
    )
    return row


def write_down(question: VatCheck, found: Found, at: datetime) -> None:
    """The answer, or when to ask again. An answer that another process wrote meanwhile stays."""
    tries = question.tries + 1
    wait = min(FIRST_WAIT * 2 ** min(tries - 1, 10), LONGEST_WAIT)
    unanswered = found.outcome == "unavailable"
    VatCheck.objects.filter(pk=question.pk, outcome=VatCheck.Outcome.UNAVAILABLE).update(
        outcome=found.outcome,
        checked_at=at,
        consultation_number=found.consultation_number,
        fault=found.fault,
        tries=tries,
        next_try_at=at + wait if unanswered else None,
    )


def trim(before: datetime) -> None:
    """Forget old answers on which no invoice rests."""
    VatCheck.objects.filter(checked_at__lt=before, invoices=None).delete()
