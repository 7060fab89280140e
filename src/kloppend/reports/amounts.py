"""Amounts of invoices as the reports show and add them up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kloppend.domain.money import ZERO

COLUMNS = ("total_ex_vat", "total_vat", "rounding", "total_inc_vat", "vat_summary")
"""What `amounts_of` needs of a row of the table of invoices."""


@dataclass(frozen=True, slots=True, order=True)
class Rate:
    """A VAT rate as it stands on invoices: `category` is the letter of EN 16931 (S standard, Z zero ...)."""

    percentage: Decimal
    category: str

    def __str__(self) -> str:
        return f"{self.percentage.normalize():f}% ({self.category})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Whole cents: net + VAT + rounding = total. `rates` gives net and VAT per rate; `count` invoices together."""

    count: int = 0
    net: Decimal = ZERO
    vat: Decimal = ZERO
    rounding: Decimal = ZERO
    total: Decimal = ZERO
    rates: Mapping[Rate, tuple[Decimal, Decimal]] = field(default_factory=dict)


def amounts_of(row: Mapping[str, Any]) -> Amounts:
    """The amounts of one invoice, from COLUMNS."""
    rates = {
        Rate(Decimal(part["rate"]), part["category"]): (Decimal(part["base"]), Decimal(part["vat"]))
        for part in row["vat_summary"]  # one part per category and rate
    }
    return Amounts(
        count=1,
        net=row["total_ex_vat"],
        vat=row["total_vat"],
        rounding=row["rounding"],
        total=row["total_inc_vat"],
        rates=rates,
    )


def together(amounts: Iterable[Amounts]) -> Amounts:
    """The sum of all."""
    count, net, vat, rounding, total = 0, ZERO, ZERO, ZERO, ZERO
    rates: dict[Rate, tuple[Decimal, Decimal]] = {}
    for each in amounts:
        count, net, vat = count + each.count, net + each.net, vat + each.vat
        rounding, total = rounding + each.rounding, total + each.total
        for rate, (base, tax) in each.rates.items():
            before = rates.get(rate, (ZERO, ZERO))
            rates[rate] = before[0] + base, before[1] + tax
    return Amounts(count=count, net=net, vat=vat, rounding=rounding, total=total, rates=rates)
