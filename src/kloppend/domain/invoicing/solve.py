"""Recovers how a coupon for certain products was split: the tax rows tell what is left to tax at each rate (S6)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from kloppend.domain.invoicing.placements import Placement, Shares, add_shares

_SLACK = Fraction(1, 100)

Charges = tuple[Placement, ...]


def solve_discount(
    value: Decimal,
    goods: Mapping[Decimal, Decimal],
    charged: Mapping[Decimal, Decimal],
    charge_combinations: Iterable[Charges],
) -> tuple[Charges, Placement] | None:
    """The first combination of charges that leaves a possible split of the one discount, with that split.

    `value` is the discount row (negative), `charged` the VAT per rate for every rate above zero.
    """
    for charges in charge_combinations:
        placed = add_shares([{rate: Fraction(amount) for rate, amount in goods.items()}, *(c.shares for c in charges)])
        split = _split(-Fraction(value), goods, charged, placed)
        if split is not None:
            return charges, Placement("solved", {rate: -part for rate, part in split.items() if part})
    return None


def _split(
    discount: Fraction, goods: Mapping[Decimal, Decimal], charged: Mapping[Decimal, Decimal], placed: Shares
) -> dict[Decimal, Fraction] | None:
    parts = {
        rate: placed.get(rate, Fraction(0)) - 100 * Fraction(vat) / Fraction(rate) for rate, vat in charged.items()
    }
    if not parts or any(not _within(part, placed.get(rate, Fraction(0))) for rate, part in parts.items()):
        return None
    rest = discount - sum(parts.values(), Fraction(0))
    if Decimal(0) in goods:
        return {**parts, Decimal(0): rest} if _within(rest, Fraction(goods[Decimal(0)])) else None
    if abs(rest) > _SLACK:
        return None
    parts[max(parts)] += rest
    return parts


def _within(part: Fraction, most: Fraction) -> bool:
    return -_SLACK <= part <= most + _SLACK
