"""What the order itself says about its charges and discounts, which then need not be found by trying (S6).

The tax class of the shipping, and the rules of a coupon. Both only narrow the ways a row may lie; the VAT the shop
charged must still agree, or the order is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from kloppend.domain.invoicing.placements import Placement
from kloppend.domain.invoicing.product_rates import ProductRates
from kloppend.domain.invoicing.structure import STORAGE_ERROR, Structure
from kloppend.domain.order import Coupon, Order, TotalRow

_NO_CLASS = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponRule:
    """Whether this coupon takes off the shipping, and whether it is for all products (None: cannot be told)."""

    code: str
    free_shipping: bool
    all_products: bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRules:
    """`shipping_rate`: the rate of the shipping's tax class, None when unknown. `coupons`: by the row's identity."""

    shipping_rate: Decimal | None = None
    coupons: Mapping[int, CouponRule] = field(default_factory=dict)

    def narrow_charge(self, row: TotalRow, placements: list[Placement]) -> list[Placement]:
        """Shipping of a known tax class lies at that rate and nowhere else."""
        rate = self.shipping_rate
        if row.code != "shipping" or rate is None:
            return placements
        wanted = "at_one_rate" if rate else "without_vat"
        return [each for each in placements if each.rule == wanted and rate in each.shares]

    def narrow_discount(self, row: TotalRow, placements: list[Placement]) -> list[Placement]:
        """A coupon takes off the shipping when its rule says so, and is spread over all products when it is for all."""
        rule = self.coupons.get(id(row))
        if rule is None:
            return placements
        with_shipping = [each for each in placements if each.rule == "free_shipping"]
        if rule.free_shipping:
            placements = with_shipping or placements
        else:
            placements = [each for each in placements if each.rule != "free_shipping"]
        # The way over all products in proportion is always the first of its kind.
        return placements[:1] if rule.all_products else placements

    def may_solve(self, row: TotalRow) -> bool:
        """A coupon for all products is not split in any other way."""
        rule = self.coupons.get(id(row))
        return rule is None or not rule.all_products

    def without_shipping(self) -> "ShopRules":
        """The same, as if the shipping's tax class were not known."""
        return replace(self, shipping_rate=None)


def read_shop_rules(order: Order, structure: Structure, rated: ProductRates) -> ShopRules:
    """What can be relied on: one shipping row, and a coupon whose recorded amount is that of its row."""
    shipping = [row for row in structure.charges if row.code == "shipping"]
    rate = _rate_of_class(order.shipping_tax_class, rated) if len(shipping) == 1 else None
    coupons = {}
    for row in structure.discounts:
        coupon = _coupon_of(row, order.coupons) if row.code == "coupon" else None
        if coupon:
            coupons[id(row)] = _rule(coupon, row, structure, shipping)
    return ShopRules(shipping_rate=rate, coupons=coupons)


def _rate_of_class(tax_class: str | None, rated: ProductRates) -> Decimal | None:
    """The rate that products of this class bear in this order; no class is no VAT."""
    if tax_class is None:
        return None
    if tax_class == _NO_CLASS:
        return Decimal(0)
    rates = {each.rate for each in rated.products if each.fitting and each.line.tax_class == tax_class}
    return rates.pop() if len(rates) == 1 else None


def _coupon_of(row: TotalRow, coupons: tuple[Coupon, ...]) -> Coupon | None:
    named = [coupon for coupon in coupons if f"({coupon.code})" in row.title]
    found = named or list(coupons)
    if len(found) != 1 or not _equal(abs(Fraction(found[0].amount)), abs(Fraction(row.value)), parts=1):
        return None
    return found[0]


def _rule(coupon: Coupon, row: TotalRow, structure: Structure, shipping: list[TotalRow]) -> CouponRule:
    return CouponRule(
        code=coupon.code,
        free_shipping=coupon.free_shipping and bool(shipping),
        all_products=_all_products(coupon, row, structure, shipping),
    )


def _all_products(coupon: Coupon, row: TotalRow, structure: Structure, shipping: list[TotalRow]) -> bool | None:
    """A percentage tells it by its amount; of a fixed amount the shop keeps no trace."""
    if coupon.kind != "P":
        return None
    goods = sum((Fraction(line.total) for line in structure.products), Fraction(0))
    expected = goods * Fraction(coupon.discount) / 100
    if coupon.free_shipping:
        expected += sum((Fraction(charge.value) for charge in shipping), Fraction(0))
    return _equal(expected, abs(Fraction(row.value)), parts=len(structure.products)) or None


def _equal(first: Fraction, second: Fraction, *, parts: int) -> bool:
    return abs(first - second) <= STORAGE_ERROR * (parts + 1)
