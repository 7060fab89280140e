"""Steps 2 and 3 for one order, without touching anything: is it due, and what would its invoice be?"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from kloppend.books.port import Books
from kloppend.domain.decide import Due, decide
from kloppend.domain.document import make_document
from kloppend.domain.invoice import Debtor, Document
from kloppend.domain.invoicing import make_invoice
from kloppend.domain.invoicing.vat_number import VatNumberVerdict
from kloppend.domain.order import Order
from kloppend.domain.problems import Problem, Refused
from kloppend.domain.reasons import Reason
from kloppend.sync.choices import Choices


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """`state` is ready, waiting, skipped or refused; only a ready order has a document."""

    state: str
    reason: str = ""
    document: Document | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class VatNumberKnown:
    """What is known of the customer's VAT number. `fault`: why VIES could not say; empty while it was not asked."""

    verdict: VatNumberVerdict
    fault: str = ""


NOT_ASKED = VatNumberKnown("unavailable")


def assess(
    order: Order,
    choices: Choices,
    books: Books,
    *,
    today: date,
    already_booked: bool,
    vat_number: VatNumberKnown = NOT_ASKED,
    recognise: Callable[[Debtor], Debtor] = lambda debtor: debtor,
) -> Assessment:
    """Decide, make the invoice and ask the channel whether it can carry it. `today` is the day of sending.

    `recognise` adds what is known of the customer, or raises Refused.
    """
    try:
        decision = decide(order, choices.decide_rules(), today=today, already_booked=already_booked)
        if not isinstance(decision, Due):
            state = type(decision).__name__.lower()
            return Assessment(state=state, reason=decision.reason.name)
        invoice = make_invoice(
            order, choices.invoice_settings(), vat_number=vat_number.verdict, invoice_date=decision.invoice_date
        )
        document = make_document(
            order,
            invoice,
            decision.invoice_date,
            choices.payment_codes,
            payment_terms=choices.terms_of_payments(),
            vat_rows=choices.vat_rows(),
            language=choices.language,
            guests=choices.guests(),
        )
        document = replace(document, debtor=recognise(document.debtor))
        held = books.cannot_carry(document)
        if held:
            raise Refused(held)
    except Refused as refused:
        if refused.problem.code == "VAT_NUMBER_UNVERIFIED" and vat_number.verdict == "unavailable":
            return _waits_for_vies(order, vat_number.fault)
        return Assessment(state="refused", reason=refused.problem.code, problems=(refused.problem,))
    return Assessment(state="ready", document=document, problems=invoice.warnings)


def _waits_for_vies(order: Order, fault: str) -> Assessment:
    """An order is not refused because a register is out of order."""
    if not fault:
        return Assessment(state="waiting", reason=Reason.VAT_NUMBER_TO_BE_CHECKED.name)
    problem = Problem.of("VIES_UNAVAILABLE", order=order.shop_order_id, what=fault)
    return Assessment(state="waiting", reason=problem.code, problems=(problem,))
