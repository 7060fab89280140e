"""Reads a file of worked cases into orders and settings, so that the invoice engine can be tried without a shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from kloppend.domain.invoicing import InvoiceSettings
from kloppend.domain.invoicing.settings import ForeignCurrency, RowMeaning
from kloppend.domain.money import parse_amount
from kloppend.domain.order import Address, Customer, Order, ProductLine, TaxRate, TotalRow, VoucherSold

_SHOP_TIME = ZoneInfo("Europe/Amsterdam")


class CaseFileError(Exception):
    """The file as a whole is not a case file."""


@dataclass(frozen=True, slots=True)
class UnreadableCase:
    """A case that is not in the expected form; the others of the file are fine."""

    what: str


@dataclass(frozen=True, slots=True)
class Case:
    """A readable case."""

    order: Order
    settings: InvoiceSettings


class _Product(msgspec.Struct):
    name: str
    quantity: int
    price: str
    total: str
    tax: str
    order_product_id: int | str = ""
    model: str | None = None


class _Voucher(msgspec.Struct):
    amount: str
    description: str = ""


class _Row(msgspec.Struct):
    code: str
    value: str
    sort_order: int
    title: str = ""


class _Rate(msgspec.Struct):
    name: str
    rate: str
    type: Literal["P", "F"]


class _Order(msgspec.Struct):
    order_id: int | str
    currency_code: str
    total: str
    products: list[_Product]
    totals: list[_Row]
    date_added: str | None = None
    currency_value: str | None = None
    payment_country: str | None = None
    shipping_country: str | None = None
    payment_code: str | None = None
    vat_number: str | None = None
    vouchers: list[_Voucher] = []


class _Settings(msgspec.Struct):
    base_currency: str = "EUR"
    tolerance_cents: int = 5
    kor: bool = False
    oss_registered: bool = False
    foreign_currency: ForeignCurrency = "refuse"
    total_codes: dict[str, RowMeaning] = {}


class _Case(msgspec.Struct):
    order: _Order
    config: dict[str, Any] = {}
    tax_rates: list[_Rate] = []


class _File(msgspec.Struct):
    cases: list[dict[str, Any]]
    defaults: dict[str, Any] = {}


def read_case_file(path: Path) -> list[tuple[str, Case | UnreadableCase]]:
    """Each case's id with what was read. Raises CaseFileError when the file is missing or of another form."""
    try:
        file = msgspec.json.decode(path.read_bytes(), type=_File)
    except OSError as error:
        raise CaseFileError(f"{path}: {error.strerror}") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CaseFileError(f"{path}: {error}") from error
    return [
        (str(raw.get("id", f"case {number}")), _read_case(raw, file.defaults))
        for number, raw in enumerate(file.cases, start=1)
    ]


def _read_case(raw: Mapping[str, Any], defaults: Mapping[str, Any]) -> Case | UnreadableCase:
    try:
        case = msgspec.convert(raw, _Case)
        settings = msgspec.convert({**defaults, **case.config}, _Settings)
        return Case(_order(case, settings.base_currency), _invoice_settings(settings))
    except (msgspec.ValidationError, ValueError) as error:
        return UnreadableCase(str(error))


def _invoice_settings(settings: _Settings) -> InvoiceSettings:
    return InvoiceSettings(
        tolerance_cents=settings.tolerance_cents,
        kor=settings.kor,
        oss_registered=settings.oss_registered,
        foreign_currency=settings.foreign_currency,
        total_codes=settings.total_codes,
    )


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
            TotalRow(code=row.code, title=row.title, value=parse_amount(row.value), sort_order=row.sort_order)
            for row in order.totals
        ),
        tax_rates=tuple(_rate(rate) for rate in case.tax_rates),
        customer=Customer(vat_number=order.vat_number),
        invoice_address=_address(order.payment_country),
        delivery_address=_address(order.shipping_country),
        payment_code=order.payment_code or "",
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
    )


def _rate(rate: _Rate) -> TaxRate:
    percentage: Decimal = parse_amount(rate.rate)
    return TaxRate(name=rate.name, rate=percentage, kind=rate.type)


def _address(country: str | None) -> Address | None:
    return Address(country=country) if country else None


def _moment(text: str | None) -> datetime:
    """The shop's own clock; a case without a date is one of today."""
    if not text:
        return datetime.now(UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=_SHOP_TIME)
