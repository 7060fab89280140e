"""Random carts, priced the way OpenCart does it: in binary floating point, stored with four decimals.

It shares no code with the engine, so that a mistake in one does not hide in the other.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import strategies as st

from kloppend.domain.order import Address, Customer, Order, ProductLine, TaxRate, TotalRow, VoucherSold

TITLES = {21: "BTW 21%", 9: "BTW laag"}


@dataclass
class Cart:
    """What a customer put together; amounts without VAT, rates in whole percents, 0 for untaxed."""

    products: list[tuple[float, int, int]]
    shipping: tuple[float, int] | None = None
    fees: list[tuple[float, int]] = field(default_factory=list)
    coupon: tuple[str, float] | None = None
    coupon_for: list[bool] = field(default_factory=list)
    free_shipping: bool = False
    reward: float = 0.0
    vouchers: list[float] = field(default_factory=list)
    voucher_payment: float = 0.0
    credit: float = 0.0
    false_tax: tuple[int, float] | None = None


def stored(amount: float) -> Decimal:
    """As a decimal(15,4) column keeps it."""
    return Decimal(f"{amount:.4f}")


class Checkout:
    """OpenCart's totals, one after the other; `base` and `tax` are what is really sold and charged per rate."""

    def __init__(self, cart: Cart) -> None:
        self.cart = cart
        self.rows: list[tuple[str, str, float, int]] = []
        self.base = {21: 0.0, 9: 0.0, 0: 0.0}
        self.tax = {21: 0.0, 9: 0.0}
        self.total = 0.0

    def sell(self, amount: float, rate: int) -> None:
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
                self.add("tax", TITLES[rate], value, 5)

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
                )
                for number, (price, quantity, rate) in enumerate(self.cart.products)
            ),
            vouchers_sold=tuple(
                VoucherSold(description="Cadeaubon", amount=stored(amount)) for amount in self.cart.vouchers
            ),
            totals=tuple(
                TotalRow(code=code, title=title, value=stored(value), sort_order=sort_order)
                for code, title, value, sort_order in self.rows
            ),
            tax_rates=tuple(
                TaxRate(name=title, rate=Decimal(f"{rate}.0000"), kind="P") for rate, title in TITLES.items()
            ),
            customer=Customer(),
            invoice_address=None,
            delivery_address=Address(country="NL"),
        )


rates = st.sampled_from([21, 9])


@st.composite
def prices(draw: st.DrawFn) -> tuple[float, int]:
    """A net price with its rate: entered without VAT, or worked out of a price including VAT, as stored."""
    rate = draw(rates)
    cents = draw(st.one_of(st.integers(1, 2_000), st.integers(1, 50_000)))
    if draw(st.booleans()):
        return cents / 100, rate
    return max(0.01, round(cents / 100 / (1 + rate / 100), 4)), rate


pieces = st.one_of(st.integers(1, 5), st.integers(1, 1000))


@st.composite
def carts(draw: st.DrawFn, *, untaxed_shipping: bool = False) -> Cart:
    """A cart of 1-5 products with any mix of shipping, fees, one discount (or two general ones) and vouchers."""
    products = [(price, draw(pieces), rate) for price, rate in draw(st.lists(prices(), min_size=1, max_size=5))]
    cart = Cart(products=products, coupon_for=[True] * len(products))
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
