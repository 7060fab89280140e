"""What the shop itself says about charges and discounts, which then need not be found by trying (S6).

The tax class of the shipping and of fees, and the rules of a coupon. All only narrow the ways a row may lie; the VAT
the shop charged must still agree, or the order is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from kloppend.domain.invoicing.class_rates import ClassRates
from kloppend.domain.invoicing.placements import Placement, Shares, add_shares
from kloppend.domain.invoicing.product_rates import ProductRates
from kloppend.domain.invoicing.structure import STORAGE_ERROR, Structure
from kloppend.domain.order import Coupon, Order, ProductLine, TotalRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRule:
    """The rate of the charge's tax class; `present`: of what is set now, where the order itself says nothing."""

    rate: Decimal
    present: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CouponRule:
    """Whether this coupon takes off the shipping, and what it is for.

    `all_products`: for all of them (None: cannot be told); `goods`: the values per rate of those it is limited to.
    """

    code: str
    free_shipping: bool
    all_products: bool | None
    goods: Mapping[Decimal, Decimal] = field(default_factory=dict)
    by_limits: bool = False
    """Whether that rests on the limits the coupon has now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopRules:
    """`charges` and `coupons`: by the row's identity."""

    charges: Mapping[int, ChargeRule] = field(default_factory=dict)
    coupons: Mapping[int, CouponRule] = field(default_factory=dict)

    def narrow_charge(self, row: TotalRow, placements: list[Placement]) -> list[Placement]:
        """A charge of a known tax class lies at that rate and nowhere else."""
        rule = self.charges.get(id(row))
        if rule is None:
            return placements
        wanted = "at_one_rate" if rule.rate else "without_vat"
        return [each for each in placements if each.rule == wanted and rule.rate in each.shares]

    def narrow_discount(self, row: TotalRow, placements: list[Placement], shipping: Shares) -> list[Placement]:
        """A coupon takes off the shipping when its rule says so, and is spread over the products it is for."""
        rule = self.coupons.get(id(row))
        if rule is None:
            return placements
        if rule.goods:
            return [_for_products(row, rule, shipping)]
        with_shipping = [each for each in placements if each.rule == "free_shipping"]
        if rule.free_shipping:
            placements = with_shipping or placements
        else:
            placements = [each for each in placements if each.rule != "free_shipping"]
        # The way over all products in proportion is always the first of its kind.
        return placements[:1] if rule.all_products else placements

    def may_solve(self, row: TotalRow) -> bool:
        """A coupon of which is known what it is for is not split in any other way."""
        rule = self.coupons.get(id(row))
        return rule is None or not (rule.all_products or rule.goods)

    def without_charges(self, *, only_present: bool = False) -> "ShopRules":
        """The same, as if the tax classes of charges were not known: all of them, or those that are set now."""
        kept = {row: rule for row, rule in self.charges.items() if only_present and not rule.present}
        return replace(self, charges=kept)

    def without_what_the_vat_tells(self, structure: Structure, goods: Mapping[Decimal, Decimal]) -> "ShopRules":
        """The same without what may have changed since, where the VAT alone tells how it was.

        Without discounts, or with goods of one rate (which then is the discount's), it tells where the charges lay;
        where the order itself says that, how a coupon was split.
        """
        if not structure.discounts:
            return self.without_charges(only_present=True)
        if len(goods) == 1:
            return replace(self.without_charges(only_present=True), coupons={})
        said = [self.charges.get(id(row)) for row in structure.charges]
        if any(rule is None or rule.present for rule in said):
            return self
        coupons = {
            row: replace(rule, goods={}, all_products=None) if rule.by_limits else rule
            for row, rule in self.coupons.items()
        }
        return replace(self, coupons=coupons)


def read_shop_rules(order: Order, structure: Structure, rated: ProductRates, classes: ClassRates) -> ShopRules:
    """What can be relied on: one shipping row, and a coupon whose recorded amount is that of its row."""
    shipping = [row for row in structure.charges if row.code == "shipping"]
    charges = {}
    for row in structure.charges:
        own = order.shipping_tax_class if shipping == [row] else None
        rate = classes.rate(row.tax_class if own is None else own)
        if rate is not None:
            charges[id(row)] = ChargeRule(rate=rate, present=own is None)
    coupons = {}
    for row in structure.discounts:
        coupon = _coupon_of(row, order.coupons) if row.code == "coupon" else None
        if coupon:
            coupons[id(row)] = _rule(coupon, row, rated, shipping)
    return ShopRules(charges=charges, coupons=coupons)


def _coupon_of(row: TotalRow, coupons: tuple[Coupon, ...]) -> Coupon | None:
    named = [coupon for coupon in coupons if f"({coupon.code})" in row.title]
    found = named or list(coupons)
    if len(found) != 1 or not _equal(abs(Fraction(found[0].amount)), abs(Fraction(row.value)), parts=1):
        return None
    return found[0]


def _rule(coupon: Coupon, row: TotalRow, rated: ProductRates, shipping: list[TotalRow]) -> CouponRule:
    every = {product.line.line_id for product in rated.products}
    chosen = {p.line.line_id for p in rated.products if p.line.product_id in coupon.product_ids}
    # A limit to products that are all there is, or to none (it was changed since), says nothing.
    limited = bool(coupon.limited) and bool(chosen) and chosen != every
    lines = [p.line for p in rated.products if not limited or p.line.line_id in chosen]
    explained = _explains(coupon, row, lines, shipping)
    goods: dict[Decimal, Decimal] = {}
    for product in rated.products:
        if limited and explained and product.line.line_id in chosen:
            goods[product.rate] = goods.get(product.rate, Decimal(0)) + product.line.total
    # Without word of its limits, a percentage tells by its amount that it was for all; of a fixed amount nothing does.
    for_all = explained and not limited and (coupon.kind == "P" or coupon.limited is not None)
    return CouponRule(
        code=coupon.code,
        free_shipping=coupon.free_shipping and bool(shipping),
        all_products=for_all or None,
        goods=goods if sum(goods.values()) else {},
        by_limits=limited or coupon.kind == "F",
    )


def _explains(coupon: Coupon, row: TotalRow, lines: list[ProductLine], shipping: list[TotalRow]) -> bool:
    """Whether this coupon over these lines comes to what the order says it took off."""
    goods = sum((Fraction(line.total) for line in lines), Fraction(0))
    discount = Fraction(coupon.discount)
    expected = goods * discount / 100 if coupon.kind == "P" else min(discount, goods)
    if coupon.free_shipping:
        expected += sum((Fraction(charge.value) for charge in shipping), Fraction(0))
    return _equal(expected, abs(Fraction(row.value)), parts=len(lines))


def _for_products(row: TotalRow, rule: CouponRule, shipping: Shares) -> Placement:
    """In proportion to the goods it is for, after the shipping where that is free."""
    negated = {rate: -share for rate, share in shipping.items()} if rule.free_shipping else {}
    rest = Fraction(row.value) - sum(negated.values(), Fraction(0))
    total = Fraction(sum(rule.goods.values()))
    shares = {rate: rest * Fraction(value) / total for rate, value in rule.goods.items()}
    return Placement("for_products", add_shares([negated, shares]))


def _equal(first: Fraction, second: Fraction, *, parts: int) -> bool:
    return abs(first - second) <= STORAGE_ERROR * (parts + 1)
