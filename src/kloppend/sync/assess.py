"""Steps 2 and 3 for one order, without touching anything: is it due, and what would its invoice be?"""

from dataclasses import dataclass
from datetime import date

from kloppend.books.port import Books
from kloppend.domain.decide import Due, decide
from kloppend.domain.document import make_document
from kloppend.domain.invoice import Document
from kloppend.domain.invoicing import make_invoice
from kloppend.domain.order import Order
from kloppend.domain.problems import Problem, Refused
from kloppend.sync.choices import Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """`state` is ready, waiting, skipped or refused; only a ready order has a document."""

    state: str
    reason: str = ""
    document: Document | None = None
    problems: tuple[Problem, ...] = ()


def assess(order: Order, choices: Choices, books: Books, *, today: date, already_booked: bool) -> Assessment:
    """Decide, make the invoice and ask the channel whether it can carry it. `today` is the day of sending."""
    try:
        decision = decide(order, choices.decide_rules(), today=today, already_booked=already_booked)
        if not isinstance(decision, Due):
            state = type(decision).__name__.lower()
            return Assessment(state=state, reason=decision.reason.name)
        invoice = make_invoice(order, choices.invoice_settings(), invoice_date=decision.invoice_date)
        document = make_document(
            order, invoice, decision.invoice_date, choices.payment_codes, language=choices.language
        )
        held = books.cannot_carry(document)
        if held:
            raise Refused(held)
    except Refused as refused:
        return Assessment(state="refused", reason=refused.problem.code, problems=(refused.problem,))
    return Assessment(state="ready", document=document, problems=invoice.warnings)
