"""The JSON of shop protocol version 1 as types; docs/protocol.md says what each field means.

Unknown fields are ignored, so that a newer extension can say more without breaking an older platform.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

PROTOCOL = 1
ORDERS_PER_PAGE = 200
ENTRIES_PER_PAGE = 1000
CLOCK_TOLERANCE = 300
"""Seconds that a request's timestamp may differ from the shop's clock."""

Id = Annotated[str, Meta(pattern=r"\A(0|[1-9][0-9]{0,19})\Z")]
"""One number has one spelling: `1` and `01` can never be two orders."""
Currency = Annotated[str, Meta(pattern=r"\A[A-Z]{3}\Z")]
RowDate = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}\Z")]
SmallNumber = Annotated[int, Meta(ge=-(2**31), le=2**31 - 1)]


class Envelope(Struct):
    """Every answer to a signed request: the signature covers protocol, nonce and body."""

    protocol: int
    nonce: str
    body: str
    signature: str


class Outsider(Struct, forbid_unknown_fields=True):
    """The fixed answer to everybody without a valid signature."""

    error: Literal["refused"]


class Fault(Struct):
    """An error the extension reports inside a signed body. `time` (unix seconds) comes with CLOCK_DIFFERS."""

    code: Annotated[str, Meta(pattern=r"\A[A-Z_]{1,40}\Z")]
    time: int | None = None


class MayHaveFailed(Struct):
    """The part of a body that tells an error from an answer."""

    error: Fault | None = None


class Clock(Struct):
    """What time it is in the shop: rows carry the database's time, `php` is ISO 8601 with an offset."""

    database: str
    utc: str
    php: str
    zone: str | None = None


class Store(Struct):
    """One of the stores of a multi-store, the default (0) first."""

    store_id: Id
    name: str


class Ping(Struct):
    """Who answers."""

    shop_id: Annotated[str, Meta(pattern=r"\A[0-9A-Za-z_-]{8,64}\Z")]
    software: str
    software_version: str
    extension_version: str
    base_currency: Currency
    licence: Literal["ok", "differs", "empty"]
    clock: Clock
    stores: list[Store] = []


class TaxRate(Struct):
    """A row of the shop's tax rate table."""

    name: str
    rate: str
    type: Literal["P", "F"]
    tax_class_ids: list[Id] | None = None
    """The tax classes that use it; None: an older extension, which does not say."""


class Address(Struct):
    """A postal address, `country` ISO 3166-1 alpha-2 or empty."""

    firstname: str
    lastname: str
    company: str
    address_1: str
    address_2: str
    postcode: str
    city: str
    country: str


class VatCandidate(Struct):
    """A text that may be the VAT number, and the field it stood in."""

    field: str
    value: str


class Option(Struct):
    """What was chosen of a product: a size, a colour."""

    name: str
    value: str


class Product(Struct):
    """A row of order_product."""

    order_product_id: Id
    name: str
    model: str
    quantity: SmallNumber
    price: str
    total: str
    tax: str
    tax_class_id: Id | None = None
    product_id: Id = "0"
    options: list[Option] = []


class Voucher(Struct):
    """A gift voucher sold in the order. The shop's description of it holds the recipient's name and stays there."""

    amount: str


class Total(Struct):
    """A row of order_total."""

    code: str
    title: str
    value: str
    sort_order: SmallNumber
    tax_class_id: Id | None = None


class Coupon(Struct):
    """A coupon used in the order, with its present rules and the amount it took off this order.

    `limited`: whether it is for some products only (None: unknown); `product_ids`: those of this order it is for.
    """

    code: str
    type: Literal["P", "F"]
    discount: str
    free_shipping: bool
    amount: str
    limited: bool | None = None
    product_ids: list[Id] = []


class History(Struct):
    """A row of order_history."""

    order_status_id: Id
    date_added: str


class Numbered(Struct):
    """The least that must be known of an order: which one it is."""

    order_id: Id


class Outline(Numbered):
    """The part of an order that paging needs."""

    date_modified: RowDate


class Order(Outline):
    """One order with everything that belongs to it."""

    store_id: Id
    customer_group_id: Id
    order_status_id: Id
    date_added: str
    currency_code: Currency
    currency_value: str
    total: str
    email: str
    firstname: str
    lastname: str
    payment_address: Address | None
    delivery_address: Address | None
    payment_code: str
    vat_candidates: list[VatCandidate]
    products: list[Product]
    vouchers: list[Voucher]
    totals: list[Total]
    history: list[History]
    shipping_tax_class_id: Id | None = None
    coupons: list[Coupon] = []
    customer_address: Address | None = None


class OrdersAnswer(Struct):
    """A page of orders; each stays undecoded, so that one bad order spoils only itself."""

    orders: list[msgspec.Raw]
    more: bool
    clock: Clock
    base_currency: Currency
    tax_rates: list[TaxRate]


class OrderAnswer(Struct):
    """One order, or null when the shop does not have it or it was never confirmed."""

    order: msgspec.Raw
    clock: Clock
    base_currency: Currency
    tax_rates: list[TaxRate]


class Entry(Outline):
    """An order's outline for the completeness check."""

    order_status_id: Id
    total: str


class InventoryAnswer(Struct):
    """A page of outlines, by id."""

    entries: list[Entry]
    more: bool
    clock: Clock
