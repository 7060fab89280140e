"""What S6 says of an allocation once found: shipping without VAT, negative bases, rates that deviate."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from kloppend.domain.invoicing.currency import Warnings
from kloppend.domain.invoicing.placements import Placement, Shares
from kloppend.domain.invoicing.structure import Structure, four_decimals
from kloppend.domain.order import TotalRow
from kloppend.domain.problems import Problem, Refused

Placed = tuple[tuple[TotalRow, Placement], ...]

_MOST_BELOW_ZERO = Fraction(-5, 1000)


def tax_mismatch(structure: Structure, charged: Mapping[Decimal, Decimal], base: Shares) -> Problem:
    """The refusal for VAT that no allocation explains, with the rate that is furthest off.

    `after_tax` names charges and discounts that the shop calculates after the VAT, a frequent cause: they then do
    not touch it.
    """
    expected = {rate: base.get(rate, Fraction(0)) * Fraction(rate) / 100 for rate in charged}
    worst = max(charged, key=lambda rate: (abs(Fraction(charged[rate]) - expected[rate]), rate))
    first_tax = min((row.sort_order for row in structure.tax_rows), default=None)
    late = [
        row.code
        for row in structure.charges + structure.discounts
        if first_tax is not None and row.sort_order > first_tax
    ]
    return Problem.of(
        "TAX_MISMATCH",
        rate=worst,
        stated=four_decimals(charged[worst]),
        expected=four_decimals(expected[worst]),
        deviation=four_decimals(abs(Fraction(charged[worst]) - expected[worst])),
        after_tax=", ".join(late),
    )


def check_allocation(
    placed: Placed, base: Shares, goods: Mapping[Decimal, Decimal], *, charges_bear_vat: bool
) -> Warnings:
    """Refuse charges without VAT where they must bear it, and negative bases; warn of odd rates of shipping."""
    for row, placement in sorted(placed, key=lambda pair: pair[0].code != "shipping"):
        if placement.rule == "without_vat" and charges_bear_vat:
            code = "SHIPPING_WITHOUT_VAT" if row.code == "shipping" else "CHARGE_WITHOUT_VAT"
            raise Refused(Problem.of(code, row_code=row.code, value=row.value))
        if placement.rule == "no_goods":
            raise Refused(Problem.of("NEGATIVE_TAX_BASE", rate=0, base=row.value))
    for rate, amount in sorted(base.items(), reverse=True):
        if amount < _MOST_BELOW_ZERO:
            raise Refused(Problem.of("NEGATIVE_TAX_BASE", rate=rate, base=four_decimals(amount)))
    return _shipping_warnings(placed, goods)


def has_negative_base(base: Shares) -> bool:
    """Whether more was taken off at some rate than was sold at it."""
    return any(amount < _MOST_BELOW_ZERO for amount in base.values())


def _shipping_warnings(placed: Placed, goods: Mapping[Decimal, Decimal]) -> Warnings:
    warnings: dict[str, Problem] = {}
    shown = ", ".join(f"{rate}%" for rate in sorted(goods, reverse=True))
    for row, placement in placed:
        if row.code != "shipping" or placement.rule != "at_one_rate":
            continue
        (rate,) = placement.shares
        if len(goods) > 1:
            warnings["not_proportional"] = Problem.of("SHIPPING_NOT_PROPORTIONAL", rate=rate, goods_rates=shown)
        if rate not in goods:
            warnings["deviates"] = Problem.of("SHIPPING_RATE_DEVIATES", rate=rate, goods_rates=shown)
    return tuple(warnings.values())
