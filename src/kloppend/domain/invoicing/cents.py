"""S8 Cents per rate: the one place where an invoice is rounded, so that VAT and total stay those of the shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kloppend.domain.invoicing.allocation import LARGEST_DEVIATION, ORDINARY_DEVIATION, Allocation
from kloppend.domain.invoicing.allocation_checks import tax_mismatch
from kloppend.domain.invoicing.currency import Warnings
from kloppend.domain.invoicing.structure import Structure
from kloppend.domain.invoicing.tax_rows import TaxRows
from kloppend.domain.invoicing.total import InvoiceTotal, total_mismatch
from kloppend.domain.money import CENT, ZERO, apportion, round2
from kloppend.domain.problems import Problem, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class RateCents:
    """One rate in cents; `recalculated` is what base x rate would give."""

    base: Decimal
    vat: Decimal
    recalculated: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Cents:
    """All rates, descending, and what the sold vouchers come to, in cents."""

    rates: Mapping[Decimal, RateCents]
    vouchers: Decimal
    warnings: Warnings


def round_per_rate(structure: Structure, taxes: TaxRows, allocation: Allocation, total: InvoiceTotal) -> Cents:
    """VAT as the shop charged it, to cents; the bases share what is left of the total (bookkeeping 5.4 S8)."""
    rates = tuple(sorted(allocation.base, reverse=True))
    vat = {rate: round2(taxes.vat(rate)) for rate in rates}
    vouchers = round2(structure.vouchers_total)
    left = total.including_vat - total.rounding - vouchers - sum(vat.values(), ZERO)
    if left and not rates:
        # Only vouchers with fractions of a cent: no base is there to absorb the cent.
        raise Refused(total_mismatch(total.including_vat, Fraction(vouchers), Fraction(left)))
    bases = apportion(left, [allocation.base[rate] for rate in rates])
    cents = {
        rate: RateCents(base=base, vat=vat[rate], recalculated=round2(Fraction(base) * Fraction(rate) / 100))
        for rate, base in zip(rates, bases, strict=True)
    }
    _check_still_fits(structure, allocation, cents)
    different = [rate for rate in rates if cents[rate].vat != cents[rate].recalculated]
    shown = ", ".join(f"{rate}%" for rate in different)
    warnings = (Problem.of("VAT_RECALC_DIFFERS", rates=shown),) if different else ()
    return Cents(rates=cents, vouchers=vouchers, warnings=warnings)


def _check_still_fits(structure: Structure, allocation: Allocation, cents: Mapping[Decimal, RateCents]) -> None:
    """Guarantee G5: in cents too, VAT must be that of its base; an order can come here just within S6's limit."""
    limit = Fraction(CENT) if allocation.deviation <= ORDINARY_DEVIATION else LARGEST_DEVIATION
    vat = {rate: cent.vat for rate, cent in cents.items()}
    base = {rate: Fraction(cent.base) for rate, cent in cents.items()}
    if any(abs(Fraction(vat[rate]) - base[rate] * Fraction(rate) / 100) >= limit for rate in cents):
        raise Refused(tax_mismatch(structure, vat, base))
