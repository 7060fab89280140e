"""Random carts, priced the way OpenCart does it: in binary floating point, stored with four decimals.

It shares no code with the engine, so that a mistake in one does not hide in the other.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

from kloppend.domain.order import Address, Coupon, Customer, Order, ProductLine, TaxRate, TotalRow, VoucherSold

RATES: dict[str, dict[float, str]] = {
    "NL": {21: "BTW 21%", 9: "BTW laag"},
    "DE": {19: "MwSt", 7: "MwSt 7%"},
    "FI": {25.5: "ALV 25,5%", 13.5: "ALV 13,5%", 10: "ALV 10%"},
    "FR": {20: "TVA 20%", 10: "TVA 10%", 5.5: "TVA réduite", 2.1: "TVA 2,1%"},
}
"""What the shop has set up per country: the name of each rate."""


@dataclass
class Cart:
    """What a customer put together; amounts without VAT, rates in percents, 0 for untaxed.

    `vat_of` names the rates the shop uses; `says` whether its orders tell tax classes and coupon rules;
    `sets` whether it tells what is set now: classes of rates and of the shipping, and what a coupon is limited to.
    """

    products: list[tuple[float, int, float]]
    shipping: tuple[float, float] | None = None
    fees: list[tuple[float, float]] = field(default_factory=list)
    coupon: tuple[str, float] | None = None
    coupon_for: list[bool] = field(default_factory=list)
    free_shipping: bool = False
    reward: float = 0.0
    vouchers: list[float] = field(default_factory=list)
    voucher_payment: float = 0.0
    credit: float = 0.0
    false_tax: tuple[float, float] | None = None
    vat_of: str = "NL"
    country: str = "NL"
    vat_number: str | None = None
    says: bool = False
    sets: bool = False


def stored(amount: float) -> Decimal:
    """As a decimal(15,4) column keeps it."""
    return Decimal(f"{amount:.4f}")


class Checkout:
    """OpenCart's totals, one after the other; `base` and `tax` are what is really sold and charged per rate."""

    def __init__(self, cart: Cart) -> None:
        self.cart = cart
        self.rows: list[tuple[str, str, float, int]] = []
        self.titles = RATES[cart.vat_of]
        self.base: dict[float, float] = dict.fromkeys((*self.titles, 0), 0.0)
        self.tax: dict[float, float] = dict.fromkeys(self.titles, 0.0)
        self.total = 0.0

    def sell(self, amount: float, rate: float) -> None:
        self.base[rate] += amount
        if rate:
            self.tax[rate] += amount * rate / 100

    def add(self, code: str, title: str, value: float, sort_order: int) -> None:
        self.rows.append((code, title, value, sort_order))
        self.total += value

    def run(self) -> Order:
        cart = self.cart
        goods = sum(price * quantity for price, quantity, _ in cart.products)
        for price, quantity, rate in cart.products:
            self.sell(price * quantity, rate)
        self.add("sub_total", "Subtotaal", goods + sum(cart.vouchers), 1)
        for number, (amount, rate) in enumerate(cart.fees):
            self.sell(amount, rate)
            self.add(("handling", "low_order_fee")[number], "Toeslag", amount, 2 + number)
        if cart.shipping:
            self.sell(*cart.shipping)
            self.add("shipping", "Verzendkosten", cart.shipping[0], 3)
        self.discounts(goods)
        self.taxes()
        for code, available in (("credit", cart.credit), ("voucher", cart.voucher_payment)):
            paid = min(available, self.total)
            if paid > 0:
                self.add(code, code, -paid, 7)
        self.rows.append(("total", "Totaal", max(0.0, self.total), 9))
        return self.order()

    def discounts(self, goods: float) -> None:
        cart = self.cart
        if cart.reward:
            for price, quantity, rate in cart.products:
                self.sell(-(price * quantity * cart.reward), rate)
            self.add("reward", "Spaarpunten", -goods * cart.reward, 4)
        if not cart.coupon:
            return
        kind, size = cart.coupon
        chosen = [p for p, included in zip(cart.products, cart.coupon_for, strict=True) if included]
        chosen_total = sum(price * quantity for price, quantity, _ in chosen)
        size = min(size, chosen_total) if kind == "F" else size
        discount_total = 0.0
        for price, quantity, rate in chosen:
            share = price * quantity
            discount = size * (share / chosen_total) if kind == "F" else share / 100 * size
            self.sell(-discount, rate)
            discount_total += discount
        if cart.free_shipping and cart.shipping:
            self.sell(-cart.shipping[0], cart.shipping[1])
            discount_total += cart.shipping[0]
        if discount_total > 0:
            self.add("coupon", "Kortingsbon (WELKOM)", -min(discount_total, self.total), 4)

    def taxes(self) -> None:
        if self.cart.false_tax:
            rate, difference = self.cart.false_tax
            self.tax[rate] += difference
        for rate, value in self.tax.items():
            if value > 0:
                self.add("tax", self.titles[rate], value, 5)

    def order(self) -> Order:
        moment = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
        return Order(
            shop_order_id="7",
            status_id="5",
            placed_at=moment,
            modified_at=moment,
            base_currency="EUR",
            currency="EUR",
            currency_rate=Decimal(1),
            total=stored(max(0.0, self.total)),
            products=tuple(
                ProductLine(
                    line_id=str(number),
                    name=f"Product {number}",
                    quantity=quantity,
                    price=stored(price),
                    total=stored(price * quantity),
                    tax=stored(price * rate / 100),
                    tax_class=f"class {rate}" if rate or not self.cart.says else "0",
                    product_id=str(100 + number),
                )
                for number, (price, quantity, rate) in enumerate(self.cart.products)
            ),
            vouchers_sold=tuple(
                VoucherSold(description="Cadeaubon", amount=stored(amount)) for amount in self.cart.vouchers
            ),
            totals=tuple(
                TotalRow(
                    code=code,
                    title=title,
                    value=stored(value),
                    sort_order=sort_order,
                    tax_class=self.shipping_class() if self.cart.sets and code == "shipping" else None,
                )
                for code, title, value, sort_order in self.rows
            ),
            tax_rates=tuple(
                TaxRate(
                    name=title,
                    rate=stored(rate),
                    kind="P",
                    tax_classes=(f"class {rate}",) if self.cart.says or self.cart.sets else None,
                )
                for rate, title in self.titles.items()
            ),
            customer=Customer(vat_number=self.cart.vat_number),
            invoice_address=None,
            delivery_address=Address(country=self.cart.country),
            shipping_tax_class=self.shipping_class() if self.cart.says else None,
            coupons=self.coupons() if self.cart.says or self.cart.sets else (),
        )

    def shipping_class(self) -> str | None:
        rate = self.cart.shipping[1] if self.cart.shipping else 0
        return f"class {rate}" if rate else "0"

    def coupons(self) -> tuple[Coupon, ...]:
        taken = [value for code, _, value, _ in self.rows if code == "coupon"]
        if not self.cart.coupon or not taken:
            return ()
        kind, size = self.cart.coupon
        chosen = [str(100 + number) for number, included in enumerate(self.cart.coupon_for) if included]
        limited = len(chosen) < len(self.cart.products)
        return (
            Coupon(
                code="WELKOM",
                kind="P" if kind == "P" else "F",
                discount=stored(size),
                free_shipping=self.cart.free_shipping,
                amount=stored(taken[0]),
                limited=limited if self.cart.sets else None,
                product_ids=tuple(chosen) if limited and self.cart.sets else (),
            ),
        )


def rates_of(vat_of: str) -> st.SearchStrategy[float]:
    """One of the country's rates."""
    return st.sampled_from(list(RATES[vat_of]))


@st.composite
def prices(draw: st.DrawFn, rates: st.SearchStrategy[float]) -> tuple[float, float]:
    """A net price with its rate: entered without VAT, or worked out of a price including VAT, as stored."""
    rate = draw(rates)
    cents = draw(st.one_of(st.integers(1, 2_000), st.integers(1, 50_000)))
    if draw(st.booleans()):
        return cents / 100, rate
    return max(0.01, round(cents / 100 / (1 + rate / 100), 4)), rate


pieces = st.one_of(st.integers(1, 5), st.integers(1, 1000))


@st.composite
def carts(draw: st.DrawFn, *, untaxed_shipping: bool = False, vat_of: str = "NL", country: str = "NL") -> Cart:
    """A cart of 1-5 products with any mix of shipping, fees, one discount (or two general ones) and vouchers.

    `vat_of`: whose rates; `country`: where it goes.
    """
    rates = rates_of(vat_of)
    products = [(price, draw(pieces), rate) for price, rate in draw(st.lists(prices(rates), min_size=1, max_size=5))]
    cart = Cart(products=products, coupon_for=[True] * len(products), vat_of=vat_of, country=country)
    if untaxed_shipping:
        cart.shipping = (draw(st.integers(50, 3_000)) / 100, 0)
    elif draw(st.booleans()):
        cart.shipping = (draw(st.sampled_from([4.95, 4.1322, 6.7851, 0.0, 12.5, 4.5413])), draw(rates))
    cart.fees = draw(st.lists(st.tuples(st.sampled_from([0.5, 1.25, 2.0661, 3.0]), rates), max_size=2))
    if draw(st.booleans()):
        percentage = st.tuples(st.just("P"), st.integers(1, 100).map(float))
        fixed = st.tuples(st.just("F"), st.integers(1, 10_000).map(lambda cents: cents / 100))
        cart.coupon = draw(st.one_of(percentage, fixed))
        cart.free_shipping = not untaxed_shipping and draw(st.booleans())
        if draw(st.booleans()):
            cart.coupon_for = draw(st.lists(st.booleans(), min_size=len(products), max_size=len(products)))
    elif draw(st.booleans()):
        cart.reward = draw(st.integers(1, 100)) / 100
    cart.vouchers = draw(st.lists(st.sampled_from([10.0, 25.0, 50.0]), max_size=2))
    cart.voucher_payment = draw(st.sampled_from([0.0, 0.0, 10.0, 20.0, 1000.0]))
    cart.credit = draw(st.sampled_from([0.0, 0.0, 7.5, 0.01]))
    return cart


@st.composite
def untaxed_carts(draw: st.DrawFn, country: str, vat_number: str | None = None) -> Cart:
    """A cart on which the shop charges no VAT at all."""
    cart = draw(carts(country=country))
    cart.products = [(price, quantity, 0) for price, quantity, _ in cart.products]
    cart.fees = [(amount, 0) for amount, _ in cart.fees]
    cart.shipping = (cart.shipping[0], 0) if cart.shipping else None
    cart.vat_number = vat_number
    return cart


@st.composite
def carts_with_exempt_goods(draw: st.DrawFn) -> Cart:
    """A cart with products of a tax class without VAT next to the taxed ones."""
    cart = draw(carts())
    exempt = [(cents / 100, draw(pieces), 0) for cents in draw(st.lists(st.integers(1, 9_000), min_size=1, max_size=2))]
    cart.products += exempt
    cart.coupon_for += [draw(st.booleans()) for _ in exempt] if False in cart.coupon_for else [True] * len(exempt)
    return cart
