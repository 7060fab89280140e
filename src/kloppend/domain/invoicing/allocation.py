"""S6 Allocation: finds the rates of charges and discounts, which the shop does not store, from the VAT it charged."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import prod

from kloppend.domain.invoicing.allocation_checks import check_allocation, has_negative_base, tax_mismatch
from kloppend.domain.invoicing.currency import Warnings
from kloppend.domain.invoicing.placements import (
    Placement,
    Shares,
    add_shares,
    charge_placements,
    discount_placements,
)
from kloppend.domain.invoicing.product_rates import ProductRates
from kloppend.domain.invoicing.solve import Charges, solve_discount
from kloppend.domain.invoicing.structure import Structure, four_decimals
from kloppend.domain.invoicing.tax_rows import TaxRows
from kloppend.domain.order import TotalRow
from kloppend.domain.problems import Problem, Refused

ORDINARY_DEVIATION = Fraction(5, 1000)
LARGEST_DEVIATION = Fraction(5, 100)
_SURE_DEVIATION = Fraction(25, 10_000)
"""Up to here guarantee G5 holds in cents as well: VAT and base round by at most 0.0050 and 0.0022 more."""
MOST_COMBINATIONS = 2000
"""The combinations multiply with every row; with more than this one can fit by chance, and trying them takes long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Where each charge and discount lies, in row order; `base` is b(r), exact, per rate that has lines."""

    placed: tuple[tuple[TotalRow, Placement], ...]
    base: Shares
    deviation: Fraction
    tried: int
    warnings: Warnings


@dataclass(frozen=True, slots=True, kw_only=True)
class _Question:
    """What is known: goods per rate, VAT per rate, and the rows to place in an order that storage cannot change."""

    goods: Mapping[Decimal, Decimal]
    vat: Mapping[Decimal, Decimal]
    charges: tuple[TotalRow, ...]
    discounts: tuple[TotalRow, ...]

    @property
    def rates(self) -> tuple[Decimal, ...]:
        """R of the specification: rates above zero, descending."""
        return tuple(rate for rate in self.vat if rate > 0)

    def base(self, placements: tuple[Placement, ...]) -> dict[Decimal, Fraction]:
        """b(r): goods plus everything placed."""
        goods = {rate: Fraction(amount) for rate, amount in self.goods.items()}
        return add_shares([goods, *(placement.shares for placement in placements)])

    def deviation(self, base: Shares) -> Fraction:
        """The largest difference, over the rates, between the VAT charged and the VAT this base gives."""
        nothing = Fraction(0)
        return max(
            (abs(Fraction(vat) - base.get(rate, nothing) * Fraction(rate) / 100) for rate, vat in self.vat.items()),
            default=nothing,
        )

    def count(self) -> int:
        """How many combinations there are, without making them: where the shipping lies changes no number."""
        shipping = {
            Decimal(0): sum((Fraction(row.value) for row in self.charges if row.code == "shipping"), Fraction(0))
        }
        charges = (charge_placements(row.value, self.rates, self.goods) for row in self.charges)
        discounts = (discount_placements(row.value, self.goods, shipping) for row in self.discounts)
        return prod(map(len, charges)) * prod(map(len, discounts))

    def charge_combinations(self) -> Iterator[Charges]:
        return product(*(charge_placements(row.value, self.rates, self.goods) for row in self.charges))

    def combinations(self) -> Iterator[tuple[Placement, ...]]:
        """Every way to place charges and discounts: the first charge slowest, discounts inside charges."""
        for charges in self.charge_combinations():
            pairs = zip(self.charges, charges, strict=True)
            shipping = add_shares(placement.shares for row, placement in pairs if row.code == "shipping")
            for discounts in product(*(discount_placements(d.value, self.goods, shipping) for d in self.discounts)):
                yield charges + discounts


def allocate(structure: Structure, rated: ProductRates, taxes: TaxRows) -> Allocation:
    """Place every charge and discount (bookkeeping 5.4 S6).

    Refuses TOO_MANY_TOTAL_ROWS, TAX_MISMATCH and what `check_allocation` names.
    """
    question = _question(structure, rated, taxes)
    if question.count() > MOST_COMBINATIONS:
        rows = len(question.charges) + len(question.discounts)
        raise Refused(Problem.of("TOO_MANY_TOTAL_ROWS", rows=rows))
    placements, tried = _closest(question)
    deviation = question.deviation(question.base(placements))
    solved = None
    # Small amounts let a wrong split fit by chance; what is not sure is solved too, and kept when that fails.
    sure = deviation <= _SURE_DEVIATION and not has_negative_base(question.base(placements))
    if not sure and len(question.discounts) == 1:
        vat = {rate: question.vat[rate] for rate in question.rates}
        solved = solve_discount(question.discounts[0].value, question.goods, vat, question.charge_combinations())
    if solved is not None:
        placements = (*solved[0], solved[1])
        deviation = Fraction(0)
    base = question.base(placements)
    if deviation > _acceptable(structure) or not _has_lines_for_vat(base, taxes):
        raise Refused(tax_mismatch(structure, question.vat, base))
    placed = _in_row_order(structure, question, placements)
    warnings = check_allocation(placed, base, rated.goods)
    if deviation > ORDINARY_DEVIATION:
        warnings += (Problem.of("TAX_ROUNDING", deviation=four_decimals(deviation)),)
    return Allocation(placed=placed, base=base, deviation=deviation, tried=tried, warnings=warnings)


def _question(structure: Structure, rated: ProductRates, taxes: TaxRows) -> _Question:
    # Rows of equal sort order are taken by code and value, not as stored: their order must not decide between
    # two allocations that fit equally well.
    def by_meaning(row: TotalRow) -> tuple[int, str, Decimal, str]:
        return row.sort_order, row.code, row.value, row.title

    rates = sorted({rate for rate in rated.goods if rate > 0} | set(taxes.charged), reverse=True)
    return _Question(
        goods=rated.goods,
        vat={rate: taxes.vat(rate) for rate in rates},
        charges=tuple(sorted(structure.charges, key=by_meaning)),
        discounts=tuple(sorted(structure.discounts, key=by_meaning)),
    )


def _closest(question: _Question) -> tuple[tuple[Placement, ...], int]:
    """The combination with the lowest score, the earliest of equals, and how many were tried to find it."""
    best: tuple[Placement, ...] = ()
    lowest: int | None = None
    tried = 0
    for placements in question.combinations():
        tried += 1
        # In thousandths, so that storage errors do not decide between two that fit.
        score = int(question.deviation(question.base(placements)) * 1000 + Fraction(1, 2))
        if lowest is None or score < lowest:
            best, lowest = placements, score
        if lowest == 0:
            break
    return best, tried


def _acceptable(structure: Structure) -> Fraction:
    """What a shop that rounds VAT per piece can be off."""
    pieces = sum(line.quantity for line in structure.products)
    parts = pieces + len(structure.charges) + len(structure.discounts) + 1
    return min(LARGEST_DEVIATION, ORDINARY_DEVIATION * max(parts, 1))


def _has_lines_for_vat(base: Shares, taxes: TaxRows) -> bool:
    """VAT of at least a cent at a rate that no line has cannot be put on any line."""
    return all(rate in base or abs(vat) < ORDINARY_DEVIATION for rate, vat in taxes.charged.items())


def _in_row_order(
    structure: Structure, question: _Question, placements: tuple[Placement, ...]
) -> tuple[tuple[TotalRow, Placement], ...]:
    by_row = {
        id(row): placement for row, placement in zip(question.charges + question.discounts, placements, strict=True)
    }
    return tuple((row, by_row[id(row)]) for row in structure.rows if id(row) in by_row)
