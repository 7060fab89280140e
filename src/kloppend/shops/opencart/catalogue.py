"""The `catalogue` answer of the shop protocol: what a merchant chooses settings from. docs/protocol.md, section 4.6."""

from msgspec import Struct

from kloppend.shops.opencart.wire import Id, SmallNumber, TaxRate


class TaxClass(Struct):
    """A group of products taxed alike."""

    tax_class_id: Id
    title: str


class TaxRule(Struct):
    """This class is taxed with this rate, by the country of `based` (shipping, payment or store)."""

    tax_class_id: Id
    tax_rate_id: Id
    based: str
    priority: SmallNumber


class CatalogueRate(TaxRate):
    """A tax rate with where and for whom it holds; `countries` ISO codes."""

    tax_rate_id: Id
    countries: list[str]
    customer_group_ids: list[Id]


class OrderStatus(Struct):
    """A status an order can have."""

    order_status_id: Id
    name: str


class PaymentMethod(Struct):
    """A way to pay: `installed` now, and on how many confirmed orders it was `seen`."""

    code: str
    name: str
    installed: bool
    seen: SmallNumber


class CustomerGroup(Struct):
    """A group of customers."""

    customer_group_id: Id
    name: str


class CustomField(Struct):
    """A field the merchant added; `field` is how orders name it (see VatCandidate)."""

    field: str
    name: str
    location: str


class Currency(Struct):
    """A currency and its value in the base currency's terms."""

    code: str
    value: str


class Catalogue(Struct):
    """What a merchant chooses settings from."""

    tax_classes: list[TaxClass]
    tax_rates: list[CatalogueRate]
    tax_rules: list[TaxRule]
    order_statuses: list[OrderStatus]
    payment_methods: list[PaymentMethod]
    customer_groups: list[CustomerGroup]
    custom_fields: list[CustomField]
    currencies: list[Currency]
