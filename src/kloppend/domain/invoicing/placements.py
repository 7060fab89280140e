"""The ways in which a charge or discount may lie over the rates: the candidates of step S6, in its order."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Shares = Mapping[Decimal, Fraction]
"""Net amount per percentage, exact."""

Rule = Literal["at_one_rate", "in_proportion", "without_vat", "free_shipping", "solved", "no_goods", "for_products"]


@dataclass(frozen=True, slots=True)
class Placement:
    """One way to lay a row over the rates."""

    rule: Rule
    shares: Shares


def charge_placements(value: Decimal, rates: tuple[Decimal, ...], goods: Mapping[Decimal, Decimal]) -> list[Placement]:
    """(a) wholly at one rate, highest first; (b) in proportion to the goods; (c) without VAT."""
    amount = Fraction(value)
    placements = [Placement("at_one_rate", {rate: amount}) for rate in rates]
    if len(goods) > 1:
        placements += [Placement("in_proportion", shares) for shares in _in_proportion(amount, goods)]
    return [*placements, Placement("without_vat", {Decimal(0): amount})]


def discount_placements(value: Decimal, goods: Mapping[Decimal, Decimal], shipping: Shares) -> list[Placement]:
    """(a) in proportion to the goods; (b) wholly at one product rate; (c) the shipping first, the rest as (a), (b).

    `shipping` is where the shipping lies. A discount without any goods has no rate to lie at but zero.
    """
    amount = Fraction(value)
    if not goods:
        return [Placement("no_goods", {Decimal(0): amount})]
    placements = _over_goods(amount, goods)
    shipping_amount = sum(shipping.values(), Fraction(0))
    if 0 < shipping_amount <= -amount:
        negated = {rate: -share for rate, share in shipping.items()}
        for rest in _over_goods(amount + shipping_amount, goods):
            placements.append(Placement("free_shipping", add_shares([negated, rest.shares])))
    return placements


def add_shares(many: Iterable[Shares]) -> dict[Decimal, Fraction]:
    """The sum per percentage."""
    total: dict[Decimal, Fraction] = {}
    for shares in many:
        for rate, amount in shares.items():
            total[rate] = total.get(rate, Fraction(0)) + amount
    return total


def _over_goods(amount: Fraction, goods: Mapping[Decimal, Decimal]) -> list[Placement]:
    placements = [Placement("in_proportion", shares) for shares in _in_proportion(amount, goods)]
    if len(goods) > 1:
        placements += [Placement("at_one_rate", {rate: amount}) for rate in sorted(goods, reverse=True)]
    return placements


def _in_proportion(amount: Fraction, goods: Mapping[Decimal, Decimal]) -> Iterator[Shares]:
    """The amount over the goods' values; nothing when those come to zero over several rates."""
    total = sum((Fraction(value) for value in goods.values()), Fraction(0))
    if len(goods) == 1:
        yield dict.fromkeys(goods, amount)
    elif total:
        yield {rate: amount * Fraction(value) / total for rate, value in goods.items()}
