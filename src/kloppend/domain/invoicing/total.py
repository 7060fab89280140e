"""S7 Total: what the invoice must come to, and whether the shop's rows come to it."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kloppend.domain.invoice import Payment
from kloppend.domain.invoicing.allocation import Allocation
from kloppend.domain.invoicing.currency import Warnings
from kloppend.domain.invoicing.settings import InvoiceSettings
from kloppend.domain.invoicing.structure import Structure, four_decimals
from kloppend.domain.invoicing.tax_rows import TaxRows
from kloppend.domain.money import CENT, ZERO, round2
from kloppend.domain.problems import Problem, Refused

_LESS_THAN_A_CENT = Fraction(1, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceTotal:
    """I of the specification and what goes with it, in cents; `rounding` bears no VAT."""

    including_vat: Decimal
    payments: tuple[Payment, ...]
    rounding: Decimal
    warnings: Warnings


def find_total(
    order_total: Decimal,
    structure: Structure,
    taxes: TaxRows,
    allocation: Allocation,
    settings: InvoiceSettings,
) -> InvoiceTotal:
    """Compare the rows with the order's total (bookkeeping 5.4 S7). Refuses TOTAL_MISMATCH."""
    payments = tuple(
        Payment(code=row.code, amount=abs(round2(row.value))) for row in structure.payments if round2(row.value)
    )
    paid = sum((payment.amount for payment in payments), ZERO)
    including_vat = round2(order_total) + paid
    rows = _sum(allocation.base.values()) + _sum([structure.vouchers_total, *taxes.charged.values()])
    difference = Fraction(including_vat) - rows
    rounding = round2(difference) if abs(difference) >= _LESS_THAN_A_CENT else round2(ZERO)
    if abs(rounding) > settings.tolerance_cents * CENT:
        raise Refused(total_mismatch(order_total, rows - Fraction(paid), difference))
    warnings: Warnings = ()
    if rounding:
        warnings += (Problem.of("ROUNDING_LINE", rounding=rounding),)
    if not including_vat and not payments:
        warnings += (Problem.of("ZERO_TOTAL"),)
    return InvoiceTotal(including_vat=including_vat, payments=payments, rounding=rounding, warnings=warnings)


def total_mismatch(order_total: Decimal, rows: Fraction, difference: Fraction) -> Problem:
    """The refusal for rows that do not come to the order's total."""
    return Problem.of(
        "TOTAL_MISMATCH", total=order_total, rows_total=four_decimals(rows), difference=four_decimals(difference)
    )


def _sum(amounts: Iterable[Decimal | Fraction]) -> Fraction:
    return sum((Fraction(amount) for amount in amounts), Fraction(0))
