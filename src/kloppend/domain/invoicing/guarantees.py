"""The guarantees G1-G5 of bookkeeping 5.2, tested on every invoice: one that breaks any is never booked."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from kloppend.domain.invoice import Invoice, InvoiceLine, VatTotal
from kloppend.domain.invoicing.settings import InvoiceSettings
from kloppend.domain.money import CENT, ZERO, round2
from kloppend.domain.problems import Problem, Refused


def check_guarantees(
    invoice: Invoice, order_total: Decimal, charged: Mapping[Decimal, Decimal], settings: InvoiceSettings
) -> None:
    """Refuse ENGINE_GUARANTEE_BROKEN, naming the first guarantee that does not hold. `charged` is VAT per rate."""
    for guarantee, holds in _guarantees(invoice, order_total, charged, settings):
        if not holds:
            raise Refused(Problem.of("ENGINE_GUARANTEE_BROKEN", guarantee=guarantee))


def _guarantees(
    invoice: Invoice, order_total: Decimal, charged: Mapping[Decimal, Decimal], settings: InvoiceSettings
) -> Iterator[tuple[str, bool]]:
    yield "G1", invoice.amount_due == round2(order_total)
    stated = {total.rate: total.vat for total in invoice.vat_summary if total.category != "O"}
    rates = set(stated) | set(charged)
    yield "G2", all(stated.get(rate, ZERO) == round2(charged.get(rate, ZERO)) for rate in rates)
    yield "G3", _adds_up(invoice)
    yield "a reason for every zero", all(line.vat_category != "S" or line.vat_rate > 0 for line in invoice.lines)
    yield "G4", abs(invoice.rounding) <= settings.tolerance_cents * CENT
    warned = any(warning.code == "TAX_ROUNDING" for warning in invoice.warnings)
    limit = Fraction(CENT) * (5 if warned else 1)
    yield "G5", all(_difference(total) < limit for total in invoice.vat_summary)


def _difference(total: VatTotal) -> Fraction:
    return abs(Fraction(total.vat) - Fraction(total.base) * Fraction(total.rate) / 100)


def _adds_up(invoice: Invoice) -> bool:
    per_rate = all(
        (total.base, total.vat) == _sums(invoice.lines, total.category, total.rate) for total in invoice.vat_summary
    )
    paid = sum((payment.amount for payment in invoice.payments), ZERO)
    return (
        per_rate
        and (invoice.total_ex_vat, invoice.total_vat) == _sums(invoice.lines)
        and invoice.total_inc_vat == invoice.total_ex_vat + invoice.total_vat + invoice.rounding
        and invoice.total_inc_vat == invoice.amount_due + paid
    )


def _sums(
    lines: tuple[InvoiceLine, ...], category: str | None = None, rate: Decimal | None = None
) -> tuple[Decimal, Decimal]:
    """Net and VAT of these lines, or of those with this category and rate."""
    chosen = [line for line in lines if category is None or (line.vat_category, line.vat_rate) == (category, rate)]
    return sum((line.net for line in chosen), ZERO), sum((line.vat for line in chosen), ZERO)
