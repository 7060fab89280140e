"""S6 Allocation: finds the rates of charges and discounts, which the shop does not store, from the VAT it charged."""

from dataclasses import dataclass, replace
from fractions import Fraction

from kloppend.domain.invoicing.allocation_checks import check_allocation, has_negative_base, tax_mismatch
from kloppend.domain.invoicing.currency import Warnings
from kloppend.domain.invoicing.placements import Placement, Shares
from kloppend.domain.invoicing.product_rates import ProductRates
from kloppend.domain.invoicing.question import Question, ask
from kloppend.domain.invoicing.shop_rules import ShopRules
from kloppend.domain.invoicing.solve import solve_discount
from kloppend.domain.invoicing.structure import Structure, four_decimals
from kloppend.domain.invoicing.tax_rows import TaxRows
from kloppend.domain.order import TotalRow
from kloppend.domain.problems import Problem, Refused

ORDINARY_DEVIATION = Fraction(5, 1000)
LARGEST_DEVIATION = Fraction(5, 100)
_SURE_DEVIATION = Fraction(25, 10_000)
"""Up to here guarantee G5 holds in cents as well: VAT and base round by at most 0.0050 and 0.0022 more."""
MOST_COMBINATIONS = 10_000
"""The combinations multiply with every row; with more than this one can fit by chance, and trying takes seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Where each charge and discount lies, in row order; `base` is b(r), exact, per rate that has lines."""

    placed: tuple[tuple[TotalRow, Placement], ...]
    base: Shares
    deviation: Fraction
    tried: int
    rules: ShopRules
    warnings: Warnings


def allocate(
    structure: Structure, rated: ProductRates, taxes: TaxRows, rules: ShopRules, *, charges_bear_vat: bool
) -> Allocation:
    """Place every charge and discount (bookkeeping 5.4 S6).

    Refuses TOO_MANY_TOTAL_ROWS, TAX_MISMATCH, SHIPPING_CLASS_CONTRADICTS_TAX, COUPON_CONTRADICTS_TAX and what
    `check_allocation` names.
    """
    question = ask(structure, rated, taxes, rules)
    if question.count() > MOST_COMBINATIONS:
        rows = len(question.charges) + len(question.discounts)
        raise Refused(Problem.of("TOO_MANY_TOTAL_ROWS", rows=rows))
    found = _find(question)
    if not found.fits(structure, taxes):
        question = replace(question, rules=rules.without_what_the_vat_tells(structure, rated.goods))
        found = _find(question)
    if not found.fits(structure, taxes):
        _refuse_contradiction(question, structure, taxes)
    if not found.explains(structure, taxes):
        raise Refused(tax_mismatch(structure, question.vat, found.base))
    placed = _in_row_order(structure, question, found.placements)
    warnings = check_allocation(placed, found.base, rated.goods, charges_bear_vat=charges_bear_vat)
    if found.deviation > ORDINARY_DEVIATION:
        warnings += (Problem.of("TAX_ROUNDING", deviation=four_decimals(found.deviation)),)
    return Allocation(
        placed=placed,
        base=found.base,
        deviation=found.deviation,
        tried=found.tried,
        rules=question.rules,
        warnings=warnings,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """The best placements, what they leave to tax at each rate, how far off the VAT is, and how many were tried."""

    placements: tuple[Placement, ...]
    base: Shares
    deviation: Fraction
    tried: int

    def fits(self, structure: Structure, taxes: TaxRows) -> bool:
        return self.deviation <= ORDINARY_DEVIATION and self.explains(structure, taxes)

    def explains(self, structure: Structure, taxes: TaxRows) -> bool:
        return self.deviation <= _acceptable(structure) and _has_lines_for_vat(self.base, taxes)


def _find(question: Question) -> _Found:
    placements, tried = _closest(question)
    base = question.base(placements)
    deviation = question.deviation(base)
    # Small amounts let a wrong split fit by chance; what is not sure is solved too, and kept when that fails.
    sure = deviation <= _SURE_DEVIATION and not has_negative_base(base)
    if not sure and len(question.discounts) == 1 and question.rules.may_solve(question.discounts[0]):
        vat = {rate: question.vat[rate] for rate in question.rates}
        solved = solve_discount(question.discounts[0].value, question.goods, vat, question.charge_combinations())
        if solved is not None:
            placements = (*solved[0], solved[1])
            return _Found(placements, question.base(placements), Fraction(0), tried)
    return _Found(placements, base, deviation, tried)


def _refuse_contradiction(question: Question, structure: Structure, taxes: TaxRows) -> None:
    """The VAT does not fit; when it would without what the order says of itself, that contradiction is the reason."""

    def fits_with(rules: ShopRules) -> bool:
        return _find(replace(question, rules=rules)).fits(structure, taxes)

    rules = question.rules
    if rules.charges and fits_with(rules.without_charges()):
        rates = sorted({rule.rate for rule in rules.charges.values()}, reverse=True)
        raise Refused(Problem.of("SHIPPING_CLASS_CONTRADICTS_TAX", rate="%, ".join(map(str, rates))))
    if rules.coupons and fits_with(ShopRules()):
        codes = ", ".join(rule.code for rule in rules.coupons.values())
        raise Refused(Problem.of("COUPON_CONTRADICTS_TAX", coupon=codes))


def _closest(question: Question) -> tuple[tuple[Placement, ...], int]:
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
    structure: Structure, question: Question, placements: tuple[Placement, ...]
) -> tuple[tuple[TotalRow, Placement], ...]:
    by_row = {
        id(row): placement for row, placement in zip(question.charges + question.discounts, placements, strict=True)
    }
    return tuple((row, by_row[id(row)]) for row in structure.rows if id(row) in by_row)
