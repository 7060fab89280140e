"""An order as its shop recorded it: evidence of what the customer saw and paid, never recomputed.

Amounts are in the shop's base currency, with the four decimals the shop stores. Dates are aware.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal

NEVER_CONFIRMED = "0"
"""The status of an order whose checkout was started but never completed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A postal address; every text may be empty, `country` is ISO 3166-1 alpha-2 or empty."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street: str = ""
    street_2: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who ordered. `email` is what known customers are recognised by; it may be empty."""

    email: str = ""
    first_name: str = ""
    last_name: str = ""
    group_id: str = ""
    vat_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusChange:
    """The order got this status at this moment."""

    status_id: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductLine:
    """A product ordered: `price` and `tax` are per piece, `price` and `total` without VAT.

    `tax_class` is the id of the product's present tax class in the shop (`0`: none), None when unknown; `product_id`
    the shop's own, empty or `0` when unknown. `options`: what was chosen of it, as names and values.
    """

    line_id: str
    name: str
    model: str = ""
    quantity: int
    price: Decimal
    total: Decimal
    tax: Decimal
    tax_class: str | None = None
    product_id: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @property
    def description(self) -> str:
        """`Shirt (Size: L, Colour: Blue)`."""
        chosen = ", ".join(f"{name}: {value}" for name, value in self.options)
        return f"{self.name} ({chosen})" if chosen else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class VoucherSold:
    """A gift voucher bought in this order, without VAT: the shop now owes its bearer this amount."""

    description: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalRow:
    """One row under the products: sub-total, shipping, discount, tax, payment by voucher, total ...

    `tax_class` is the id of the tax class that the shop has set now for what makes such rows (`0`: none), None when
    unknown: orders placed before a change may have had another.
    """

    code: str
    title: str
    value: Decimal
    sort_order: int
    tax_class: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxRate:
    """A tax rate of the shop: `P` is a percentage, `F` a fixed amount per piece (which is not VAT).

    `tax_classes` are the ids of the classes that use it now, None when unknown.
    """

    name: str
    rate: Decimal
    kind: Literal["P", "F"]
    tax_classes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coupon:
    """A discount coupon used in the order, as the shop knows it now: `P` takes off a percentage, `F` an amount.

    `amount` is what it took off this order, without VAT, with either sign. `limited`: whether it is for some products
    only (None: unknown), and `product_ids` are those of this order.
    """

    code: str
    kind: Literal["P", "F"]
    discount: Decimal
    free_shipping: bool
    amount: Decimal
    limited: bool | None = None
    product_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """All the invoice engine may know of one order. Rows keep the order in which the shop stored them.

    `shipping_tax_class` is the id of the tax class that the shipping had (`0`: none), None when the shop cannot say.
    """

    shop_order_id: str
    store_id: str = "0"
    status_id: str
    placed_at: datetime
    modified_at: datetime
    history: tuple[StatusChange, ...] = ()
    base_currency: str
    currency: str
    currency_rate: Decimal
    total: Decimal
    products: tuple[ProductLine, ...]
    vouchers_sold: tuple[VoucherSold, ...] = ()
    totals: tuple[TotalRow, ...]
    tax_rates: tuple[TaxRate, ...]
    customer: Customer
    invoice_address: Address | None
    delivery_address: Address | None
    payment_code: str = ""
    shipping_tax_class: str | None = None
    coupons: tuple[Coupon, ...] = ()

    @property
    def destination(self) -> Address | None:
        """Where the goods go, which decides the VAT; the invoice address only where there is no other."""
        return self.delivery_address or self.invoice_address
