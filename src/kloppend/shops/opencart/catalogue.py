"""The `catalogue` answer of the shop protocol: what a merchant chooses settings from. docs/protocol.md, section 4.6."""

from decimal import Decimal, InvalidOperation

import msgspec
from msgspec import Struct

from kloppend.shops import port
from kloppend.shops.opencart import answers
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


class CatalogueRate(TaxRate, kw_only=True):
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


class Hints(Struct):
    """What the merchant filled in on the extension's settings page: proposals, empty when nothing was chosen."""

    package: str = ""
    trigger_status: str = ""
    vat_field: str = ""


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
    hints: Hints = msgspec.field(default_factory=Hints)


def offered(catalogue: Catalogue, address: str) -> port.ShopCatalogue:
    """The same as the port names it. Fixed levies are left out: they are no percentage. Raises ShopFault."""
    try:
        rates = tuple(_rate(rate) for rate in catalogue.tax_rates if rate.type == "P")
    except (InvalidOperation, ValueError):
        raise answers.invalid(address, "tax_rates") from None
    return port.ShopCatalogue(
        statuses=tuple(port.Named(status.order_status_id, status.name) for status in catalogue.order_statuses),
        payment_methods=tuple(
            port.PaymentMethod(code=method.code, name=method.name, installed=method.installed, seen=method.seen)
            for method in catalogue.payment_methods
        ),
        customer_groups=tuple(port.Named(group.customer_group_id, group.name) for group in catalogue.customer_groups),
        custom_fields=tuple(port.Named(field.field, field.name) for field in catalogue.custom_fields),
        currencies=tuple(currency.code for currency in catalogue.currencies),
        tax_rates=rates,
        tax_classes=tuple(port.Named(group.tax_class_id, group.title) for group in catalogue.tax_classes),
        hints={"trigger_status": catalogue.hints.trigger_status, "vat_number_field": catalogue.hints.vat_field},
    )


def _rate(rate: CatalogueRate) -> port.OfferedRate:
    percentage = Decimal(rate.rate)
    if not percentage.is_finite():
        raise ValueError(rate.name)
    return port.OfferedRate(name=rate.name, percentage=percentage, countries=tuple(rate.countries))
