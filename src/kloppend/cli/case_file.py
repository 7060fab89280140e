"""Reads worked cases into orders and settings, so that the invoice engine can be tried without a shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from kloppend.domain.invoicing import InvoiceSettings, VatNumberVerdict
from kloppend.domain.invoicing.settings import ForeignCurrency, RowMeaning, UncheckedNumbers, ZeroVatReason
from kloppend.domain.money import parse_amount
from kloppend.domain.order import Address, Coupon, Customer, Order, ProductLine, TaxRate, TotalRow, VoucherSold

_SHOP_TIME = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class UnreadableCase:
    """A case that is not in the expected form; the others of the file are fine."""

    what: str


@dataclass(frozen=True, slots=True)
class Case:
    """A readable case."""

    order: Order
    settings: InvoiceSettings
    vat_number: VatNumberVerdict = "not_checked"
    invoice_date: date | None = None


class _Product(msgspec.Struct):
    name: str
    quantity: int
    price: str
    total: str
    tax: str
    order_product_id: int | str = ""
    model: str | None = None
    tax_class_id: int | str | None = None
    product_id: int | str | None = None


class _Voucher(msgspec.Struct):
    amount: str
    description: str = ""


class _Row(msgspec.Struct):
    code: str
    value: str
    sort_order: int
    title: str = ""
    tax_class_id: int | str | None = None


class _Coupon(msgspec.Struct):
    code: str
    type: Literal["P", "F"]
    discount: str
    amount: str
    free_shipping: bool = False
    limited: bool | None = None
    product_ids: list[int | str] = []


class _Rate(msgspec.Struct):
    name: str
    rate: str
    type: Literal["P", "F"]
    tax_class_ids: list[int | str] | None = None


class _Order(msgspec.Struct):
    order_id: int | str
    currency_code: str
    total: str
    products: list[_Product]
    totals: list[_Row]
    date_added: str | None = None
    currency_value: str | None = None
    invoice_date: date | None = None
    payment_country: str | None = None
    payment_postcode: str | None = None
    shipping_country: str | None = None
    shipping_postcode: str | None = None
    payment_code: str | None = None
    vat_number: str | None = None
    vat_number_status: VatNumberVerdict | None = None
    vouchers: list[_Voucher] = []
    shipping_tax_class_id: int | str | None = None
    coupons: list[_Coupon] = []


class _Settings(msgspec.Struct):
    base_currency: str = "EUR"
    tolerance_cents: int = 5
    kor: bool = False
    kor_from: date | None = None
    kor_until: date | None = None
    oss_registered: bool = False
    oss_from: date | None = None
    oss_until: date | None = None
    foreign_currency: ForeignCurrency = "refuse"
    total_codes: dict[str, RowMeaning] = {}
    zero_vat_classes: dict[str, ZeroVatReason] = {}
    unchecked_vat_numbers: UncheckedNumbers = "hold"


class _Case(msgspec.Struct):
    order: _Order
    config: dict[str, Any] = {}
    tax_rates: list[_Rate] = []
    invoice_date: date | None = None


class _File(msgspec.Struct):
    cases: list[dict[str, Any]]
    defaults: dict[str, Any] = {}


def read_cases(content: object) -> list[tuple[str, Case | UnreadableCase]]:
    """Each case's id with what was read. Raises msgspec.ValidationError when the content is of another form."""
    file = msgspec.convert(content, _File)
    return [
        (str(raw.get("id", f"case {number}")), _read_case(raw, file.defaults))
        for number, raw in enumerate(file.cases, start=1)
    ]


def read_settings(choices: Mapping[str, Any]) -> InvoiceSettings:
    """The settings that a file names. Raises msgspec.ValidationError."""
    return _invoice_settings(msgspec.convert(choices, _Settings))


def _read_case(raw: Mapping[str, Any], defaults: Mapping[str, Any]) -> Case | UnreadableCase:
    try:
        case = msgspec.convert(raw, _Case)
        settings = msgspec.convert({**defaults, **case.config}, _Settings)
        return Case(
            _order(case, settings.base_currency),
            _invoice_settings(settings),
            case.order.vat_number_status or "not_checked",
            case.order.invoice_date or case.invoice_date,
        )
    except (msgspec.ValidationError, ValueError) as error:
        return UnreadableCase(str(error))


def _invoice_settings(settings: _Settings) -> InvoiceSettings:
    choices = msgspec.structs.asdict(settings)
    del choices["base_currency"]
    return InvoiceSettings(**choices)


def _order(case: _Case, base_currency: str) -> Order:
    order = case.order
    placed_at = _moment(order.date_added)
    return Order(
        shop_order_id=str(order.order_id),
        status_id="1",
        placed_at=placed_at,
        modified_at=placed_at,
        base_currency=base_currency,
        currency=order.currency_code,
        currency_rate=parse_amount(order.currency_value or "1"),
        total=parse_amount(order.total),
        products=tuple(_product(product) for product in order.products),
        vouchers_sold=tuple(
            VoucherSold(description=voucher.description, amount=parse_amount(voucher.amount))
            for voucher in order.vouchers
        ),
        totals=tuple(
            TotalRow(
                code=row.code,
                title=row.title,
                value=parse_amount(row.value),
                sort_order=row.sort_order,
                tax_class=_id(row.tax_class_id),
            )
            for row in order.totals
        ),
        tax_rates=tuple(_rate(rate) for rate in case.tax_rates),
        customer=Customer(vat_number=order.vat_number),
        invoice_address=_address(order.payment_country, order.payment_postcode),
        delivery_address=_address(order.shipping_country, order.shipping_postcode),
        payment_code=order.payment_code or "",
        shipping_tax_class=_id(order.shipping_tax_class_id),
        coupons=tuple(_coupon(coupon) for coupon in order.coupons),
    )


def _product(product: _Product) -> ProductLine:
    return ProductLine(
        line_id=str(product.order_product_id),
        name=product.name,
        model=product.model or "",
        quantity=product.quantity,
        price=parse_amount(product.price),
        total=parse_amount(product.total),
        tax=parse_amount(product.tax),
        tax_class=_id(product.tax_class_id),
        product_id=_id(product.product_id) or "",
    )


def _coupon(coupon: _Coupon) -> Coupon:
    return Coupon(
        code=coupon.code,
        kind=coupon.type,
        discount=parse_amount(coupon.discount),
        free_shipping=coupon.free_shipping,
        amount=parse_amount(coupon.amount),
        limited=coupon.limited,
        product_ids=tuple(map(str, coupon.product_ids)),
    )


def _id(value: int | str | None) -> str | None:
    return None if value is None else str(value)


def _rate(rate: _Rate) -> TaxRate:
    percentage: Decimal = parse_amount(rate.rate)
    classes = None if rate.tax_class_ids is None else tuple(map(str, rate.tax_class_ids))
    return TaxRate(name=rate.name, rate=percentage, kind=rate.type, tax_classes=classes)


def _address(country: str | None, postcode: str | None) -> Address | None:
    return Address(country=country, postcode=postcode or "") if country else None


def _moment(text: str | None) -> datetime:
    """The shop's own clock; a case without a date is one of today. Raises ValueError."""
    if not text:
        return datetime.now(UTC)
    moment = datetime.fromisoformat(text)
    if not 1970 <= moment.year < 2200:
        raise ValueError("not a date of our time")
    return moment if moment.tzinfo else moment.replace(tzinfo=_SHOP_TIME)
