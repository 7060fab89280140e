"""The question of step S6: goods and VAT per rate are known, and every way to lay charges and discounts over them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import prod

from kloppend.domain.invoicing.placements import (
    Placement,
    Shares,
    add_shares,
    charge_placements,
    discount_placements,
)
from kloppend.domain.invoicing.product_rates import ProductRates
from kloppend.domain.invoicing.shop_rules import ShopRules
from kloppend.domain.invoicing.solve import Charges
from kloppend.domain.invoicing.structure import Structure
from kloppend.domain.invoicing.tax_rows import TaxRows
from kloppend.domain.order import TotalRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is known: goods per rate, VAT per rate, and the rows to place in an order that storage cannot change."""

    goods: Mapping[Decimal, Decimal]
    vat: Mapping[Decimal, Decimal]
    charges: tuple[TotalRow, ...]
    discounts: tuple[TotalRow, ...]
    rules: ShopRules

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
        charges = map(len, self._charge_ways())
        discounts = map(len, self._discount_ways(shipping))
        return prod(charges) * prod(discounts)

    def charge_combinations(self) -> Iterator[Charges]:
        """Every way to place the charges: the first slowest."""
        return product(*self._charge_ways())

    def combinations(self) -> Iterator[tuple[Placement, ...]]:
        """Every way to place charges and discounts: the first charge slowest, discounts inside charges."""
        for charges in self.charge_combinations():
            pairs = zip(self.charges, charges, strict=True)
            shipping = add_shares(placement.shares for row, placement in pairs if row.code == "shipping")
            for discounts in product(*self._discount_ways(shipping)):
                yield charges + discounts

    def _charge_ways(self) -> Iterator[list[Placement]]:
        for row in self.charges:
            yield self.rules.narrow_charge(row, charge_placements(row.value, self.rates, self.goods))

    def _discount_ways(self, shipping: Shares) -> Iterator[list[Placement]]:
        for row in self.discounts:
            yield self.rules.narrow_discount(row, discount_placements(row.value, self.goods, shipping), shipping)


def ask(structure: Structure, rated: ProductRates, taxes: TaxRows, rules: ShopRules) -> Question:
    """The question that this order asks."""

    # Rows of equal sort order are taken by code and value, not as stored: their order must not decide between
    # two allocations that fit equally well.
    def by_meaning(row: TotalRow) -> tuple[int, str, Decimal, str]:
        return row.sort_order, row.code, row.value, row.title

    known = set(rated.goods) | {rule.rate for rule in rules.charges.values()}
    rates = sorted({rate for rate in known if rate > 0} | set(taxes.charged), reverse=True)
    return Question(
        goods=rated.goods,
        vat={rate: taxes.vat(rate) for rate in rates},
        charges=tuple(sorted(structure.charges, key=by_meaning)),
        discounts=tuple(sorted(structure.discounts, key=by_meaning)),
        rules=rules,
    )
