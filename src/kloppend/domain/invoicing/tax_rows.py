"""S3 Tax rows: how much VAT the shop charged at which percentage."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kloppend.domain.invoicing.currency import Warnings
from kloppend.domain.invoicing.structure import Structure
from kloppend.domain.order import TaxRate, TotalRow
from kloppend.domain.problems import Problem, Refused

_PERCENTAGE = re.compile(r"(?<!\d)(?<!\d[.,])(\d{1,3}(?:[.,]\d{1,4})?)\s*%", re.ASCII)
"""A whole number, not the end of a longer one such as a year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRows:
    """`charged` is VAT per percentage, rows of equal percentage added; `titles` names those rows."""

    charged: Mapping[Decimal, Decimal]
    titles: Mapping[Decimal, tuple[str, ...]]
    warnings: Warnings

    def vat(self, rate: Decimal) -> Decimal:
        """The VAT the shop charged at this percentage: t(r) of the specification."""
        return self.charged.get(rate, Decimal(0))


def percentage(rate: Decimal) -> Decimal:
    """One way to write each percentage: 21.0000 and 21 are both `21`."""
    whole = rate.to_integral_value()
    return whole if whole == rate else rate.normalize()


def read_tax_rows(structure: Structure, tax_rates: tuple[TaxRate, ...]) -> TaxRows:
    """Find each row's percentage by exact name in the shop's list, else in the row's own title."""
    charged: dict[Decimal, Decimal] = {}
    titles: dict[Decimal, tuple[str, ...]] = {}
    warnings: list[Problem] = []
    for row in structure.tax_rows:
        rate = _listed_rate(row, tax_rates)
        if rate is None:
            rate = _rate_in_title(row)
            warnings.append(Problem.of("TAX_RATE_FROM_TITLE", tax_name=row.title, rate=rate))
        charged[rate] = charged.get(rate, Decimal(0)) + row.value
        titles[rate] = (*titles.get(rate, ()), row.title)
    return TaxRows(charged=charged, titles=titles, warnings=tuple(warnings))


def _listed_rate(row: TotalRow, tax_rates: tuple[TaxRate, ...]) -> Decimal | None:
    """The percentage of the rate with this name; None when there is none or when rates of one name differ."""
    named = [rate for rate in tax_rates if rate.name == row.title]
    if any(rate.kind == "F" for rate in named):
        raise Refused(Problem.of("UNSUPPORTED_FIXED_TAX", tax_name=row.title))
    rates = {percentage(rate.rate) for rate in named}
    return rates.pop() if len(rates) == 1 else None


def _rate_in_title(row: TotalRow) -> Decimal:
    found = _PERCENTAGE.findall(row.title)
    if len(found) != 1:
        raise Refused(Problem.of("UNKNOWN_TAX_ROW", tax_name=row.title))
    return percentage(Decimal(found[0].replace(",", ".")))
