"""What to do about an invoice that was sent and got no answer: it may be in the books, or not, or not yet.

Look up three times while the order is in quarantine. Adopt only an invoice that is equal in everything; anything near
is for a person. Only when nothing was found, by a look-up that has proved that it finds our invoices, is it sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from kloppend.domain.booked import BookedInvoice
from kloppend.domain.problems import Problem

LOOK_UPS_AFTER = (timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=60))
"""When to look, counted from the moment of sending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What was sent: an invoice in the books is ours when all four are equal."""

    order: str
    reference: str
    debtor_number: str
    invoice_date: date
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Adopt:
    """It was booked after all: this is its name there."""

    external_id: str


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Not before this moment."""

    at: datetime


@dataclass(frozen=True, slots=True)
class SendAgain:
    """It is not there: the same document may be sent once more, under the same reference."""


@dataclass(frozen=True, slots=True)
class AskPerson:
    """Nothing happens by itself any more; the problem says what to look at."""

    problem: Problem


NextStep = Adopt | LookAgain | SendAgain | AskPerson


def next_step(
    sent: Sent, sent_at: datetime, found: Sequence[BookedInvoice], *, complete: bool, proved: bool, at: datetime
) -> NextStep:
    """Decide after a look-up made at the moment `at` (aware).

    `found`: what the books showed that carries the reference, among others perhaps.
    `complete`: they showed all they have. `proved`: a look-up of this kind has found
    an invoice that we know to be there. `sent_at` is the latest sending, so a second one has its own quarantine.
    """
    ours = [invoice for invoice in found if invoice.reference in (sent.reference, "")]  # "": ours among other marks
    equal = [invoice for invoice in ours if is_equal(sent, invoice)]
    if len(ours) > 1:
        ids = ", ".join(invoice.external_id for invoice in ours)
        return AskPerson(Problem.of("BOOKED_TWICE", order=sent.order, ids=ids))
    if equal:
        return Adopt(equal[0].external_id)
    if ours:
        what = ", ".join(differing(sent, ours[0]))
        return AskPerson(Problem.of("BOOKED_NEARLY_THE_SAME", order=sent.order, id=ours[0].external_id, what=what))
    pending = [sent_at + wait for wait in LOOK_UPS_AFTER if sent_at + wait > at]
    if pending:
        return LookAgain(pending[0])
    if not (complete and proved):
        return AskPerson(Problem.of("BOOKED_OR_NOT_UNKNOWN", order=sent.order))
    return SendAgain()


def is_equal(sent: Sent, invoice: BookedInvoice) -> bool:
    """Whether this is what was sent: equal reference, debtor, date and gross amount."""
    return not differing(sent, invoice)


def differing(sent: Sent, invoice: BookedInvoice) -> tuple[str, ...]:
    """Which of reference, debtor, date and gross differ."""
    pairs = {
        "reference": (sent.reference, invoice.reference),
        "debtor": (sent.debtor_number, invoice.debtor_number),
        "date": (sent.invoice_date, invoice.invoice_date),
        "gross": (sent.gross, invoice.gross),
    }
    return tuple(name for name, (ours, theirs) in pairs.items() if ours != theirs)


def proves_look_up(known: Sent, known_id: str, found: Sequence[BookedInvoice]) -> bool:
    """Whether looking up an invoice that is surely there found it, and it alone."""
    ours = [invoice for invoice in found if invoice.reference == known.reference]
    return len(ours) == 1 and ours[0].external_id == known_id and is_equal(known, ours[0])
