"""From the shop's words to the domain's: one order of the wire becomes an Order, or says why it cannot be trusted.

Nothing is computed here: amounts arrive as the shop stored them.
"""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal

import msgspec

from kloppend.domain.money import parse_amount
from kloppend.domain.order import (
    Address,
    Coupon,
    Customer,
    Order,
    ProductLine,
    StatusChange,
    TaxRate,
    TotalRow,
    VoucherSold,
)
from kloppend.domain.problems import Problem
from kloppend.shops.opencart import wire
from kloppend.shops.opencart.moments import modified_moment, moment
from kloppend.shops.port import InventoryEntry, UnreadableOrder

_PLACE = re.compile(r"at `\$\.?([^`]*)`")
_FIELD = re.compile(r"field `([^`]*)`")
_COUNTRY = re.compile(r"[A-Z]{2}")
_MOST_DIGITS = 12
"""Before the point of an amount. More is no money of a shop, and sums of it would not fit the database."""
_VOUCHER = "Cadeaubon"
_VAT_NUMBER = re.compile(r"[A-Z]{2}(?=.*[0-9].*[0-9])[0-9A-Z+*]{2,13}")


class _Unfit(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, code: str, **detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What an answer says about all its orders, and which field the merchant named for the VAT number."""

    zone: tzinfo
    base_currency: str
    tax_rates: tuple[TaxRate, ...]
    vat_number_field: str = ""


def surroundings(answer: wire.OrdersAnswer | wire.OrderAnswer, zone: tzinfo, vat_number_field: str) -> Surroundings:
    """Raises ValueError when a tax rate is not a number."""
    rates = tuple(_tax_rate(rate) for rate in answer.tax_rates)
    return Surroundings(
        zone=zone, base_currency=answer.base_currency, tax_rates=rates, vat_number_field=vat_number_field
    )


def _tax_rate(rate: wire.TaxRate) -> TaxRate:
    classes = None if rate.tax_class_ids is None else tuple(rate.tax_class_ids)
    return TaxRate(name=_text(rate.name), rate=_parsed(rate.rate), kind=rate.type, tax_classes=classes)


def translate(raw: bytes | msgspec.Raw, order_id: str, around: Surroundings) -> Order | UnreadableOrder:
    """One order. Problems: SHOP_ORDER_UNREADABLE (a field missing or of a wrong kind), SHOP_AMOUNT_INVALID."""
    try:
        return _order(msgspec.json.decode(raw, type=wire.Order), around)
    except (msgspec.MsgspecError, RecursionError) as error:
        return unreadable(order_id, place_of(error))
    except _Unfit as unfit:
        return UnreadableOrder(shop_order_id=order_id, problem=Problem.of(unfit.code, order=order_id, **unfit.detail))


def unreadable(order_id: str, what: str) -> UnreadableOrder:
    """An order that cannot be read; `what` names the field or the reason, never content."""
    return UnreadableOrder(
        shop_order_id=order_id, problem=Problem.of("SHOP_ORDER_UNREADABLE", order=order_id, what=what)
    )


def place_of(error: Exception) -> str:
    """Where in a JSON text the decoder stopped, such as `products[...].price`: names of fields, never content."""
    found = _FIELD.search(str(error)) or _PLACE.search(str(error))
    return found.group(1) if found and found.group(1) else "JSON"


def inventory_entry(entry: wire.Entry, zone: tzinfo) -> InventoryEntry:
    """An outline; a date or total that cannot be read is None."""
    modified_at = total = None
    with suppress(ValueError):
        modified_at = modified_moment(entry.date_modified, zone)
    with suppress(ValueError):
        total = _parsed(entry.total)
    return InventoryEntry(
        shop_order_id=entry.order_id, modified_at=modified_at, status_id=entry.order_status_id, total=total
    )


def _order(order: wire.Order, around: Surroundings) -> Order:
    return Order(
        shop_order_id=order.order_id,
        store_id=order.store_id,
        status_id=order.order_status_id,
        placed_at=_moment(order.date_added, "date_added", around.zone),
        modified_at=_modified(order.date_modified, around.zone),
        history=tuple(_status_change(row, around.zone) for row in order.history),
        base_currency=around.base_currency,
        currency=order.currency_code,
        currency_rate=_amount(order.currency_value, "currency_value"),
        total=_amount(order.total, "total"),
        products=tuple(_product(row, f"products[{index}]") for index, row in enumerate(order.products)),
        vouchers_sold=tuple(_voucher(row, f"vouchers[{index}]") for index, row in enumerate(order.vouchers)),
        totals=tuple(_total(row, f"totals[{index}]") for index, row in enumerate(order.totals)),
        tax_rates=around.tax_rates,
        customer=_customer(order, around.vat_number_field),
        invoice_address=_address(order.payment_address or order.customer_address),
        delivery_address=_address(order.delivery_address),
        payment_code=_text(order.payment_code),
        shipping_tax_class=order.shipping_tax_class_id,
        coupons=tuple(_coupon(row, f"coupons[{index}]") for index, row in enumerate(order.coupons)),
    )


def _product(row: wire.Product, place: str) -> ProductLine:
    return ProductLine(
        line_id=row.order_product_id,
        name=_text(row.name),
        model=_text(row.model),
        quantity=row.quantity,
        price=_amount(row.price, f"{place}.price"),
        total=_amount(row.total, f"{place}.total"),
        tax=_amount(row.tax, f"{place}.tax"),
        tax_class=row.tax_class_id,
        product_id=row.product_id,
        options=tuple((_text(option.name), _text(option.value)) for option in row.options),
    )


def _coupon(row: wire.Coupon, place: str) -> Coupon:
    return Coupon(
        code=_text(row.code),
        kind=row.type,
        discount=_amount(row.discount, f"{place}.discount"),
        free_shipping=row.free_shipping,
        amount=_amount(row.amount, f"{place}.amount"),
        limited=row.limited,
        product_ids=tuple(row.product_ids),
    )


def _voucher(row: wire.Voucher, place: str) -> VoucherSold:
    return VoucherSold(description=_VOUCHER, amount=_amount(row.amount, f"{place}.amount"))


def _total(row: wire.Total, place: str) -> TotalRow:
    return TotalRow(
        code=_text(row.code),
        title=_text(row.title),
        value=_amount(row.value, f"{place}.value"),
        sort_order=row.sort_order,
        tax_class=row.tax_class_id,
    )


def _status_change(row: wire.History, zone: tzinfo) -> StatusChange:
    return StatusChange(status_id=row.order_status_id, at=_moment(row.date_added, "history.date_added", zone))


def _customer(order: wire.Order, vat_number_field: str) -> Customer:
    return Customer(
        email=_text(order.email),
        first_name=_text(order.firstname),
        last_name=_text(order.lastname),
        group_id=order.customer_group_id,
        vat_number=_vat_number(order.vat_candidates, vat_number_field),
    )


def _vat_number(candidates: list[wire.VatCandidate], field: str) -> str | None:
    """From the field the merchant named, whatever stands in it; else the first text that looks like a VAT number."""
    for candidate in candidates:
        value = _text(candidate.value).strip()
        compact = re.sub(r"[\s.-]", "", value).upper()
        if value and (candidate.field == field if field else _VAT_NUMBER.fullmatch(compact)):
            return value
    return None


def _address(address: wire.Address | None) -> Address | None:
    if address is None:
        return None
    country = address.country.strip().upper()
    return Address(
        first_name=_text(address.firstname),
        last_name=_text(address.lastname),
        company=_text(address.company),
        street=_text(address.address_1),
        street_2=_text(address.address_2),
        postcode=_text(address.postcode),
        city=_text(address.city),
        country=country if _COUNTRY.fullmatch(country) else "",
    )


def _amount(text: str, field: str) -> Decimal:
    try:
        return _parsed(text)
    except ValueError:
        raise _Unfit("SHOP_AMOUNT_INVALID", field=field) from None


def _parsed(text: str) -> Decimal:
    """An amount of the wire. Raises ValueError."""
    if len(text.partition(".")[0].removeprefix("-")) > _MOST_DIGITS:
        raise ValueError("too large for an amount")
    return parse_amount(text)


def _moment(row: str, field: str, zone: tzinfo) -> datetime:
    try:
        return moment(row, zone)
    except ValueError:
        raise _Unfit("SHOP_ORDER_UNREADABLE", what=field) from None


def _modified(row: str, zone: tzinfo) -> datetime:
    try:
        return modified_moment(row, zone)
    except ValueError:
        raise _Unfit("SHOP_ORDER_UNREADABLE", what="date_modified") from None


def _text(text: str) -> str:
    """As the shop gave it, without the NUL that no database of ours can keep."""
    return text.replace("\0", "")
