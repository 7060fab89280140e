"""The figures of an order in the store's database and of the invoice in our file, and where they differ."""

import html
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

from kloppend.domain.money import ZERO, parse_amount, round2
from tests.stores.install import Store

PAYMENTS = ("credit", "voucher")
MOST_ROUNDING = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class StoreOrder:
    """An order as its rows say; amounts with four decimals, VAT by rate."""

    number: str
    status: str
    currency: str
    total: Decimal
    paid: Decimal
    vat: Mapping[Decimal, Decimal]
    products: Sequence[tuple[int, Decimal, str]]
    """Pieces, net, and what the line must say."""
    name: str

    @property
    def invoice_total(self) -> Decimal:
        """What the goods cost, whatever they were paid with."""
        return self.total + self.paid


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an invoice."""

    quantity: int
    description: str
    rate: Decimal
    net: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True)
class Invoiced:
    """An invoice's figures, in cents."""

    number: str
    ex_vat: Decimal
    vat: Decimal
    rounding: Decimal
    total: Decimal
    due: Decimal
    lines: Sequence[Line]
    debtor: Mapping[str, str]


def store_orders(store: Store) -> list[StoreOrder]:
    """Every order of the store, status 0 included, straight from its tables."""
    rates = {name: parse_amount(rate) for name, rate in store.rows("SELECT name, rate FROM {tax_rate}")}
    orders = store.rows(
        "SELECT order_id, order_status_id, currency_code, total, CONCAT(firstname, ' ', lastname) FROM {order}"
        " ORDER BY order_id"
    )
    return [_order(store, rates, *row) for row in orders]


def _order(
    store: Store, rates: Mapping[str, Decimal], number: str, status: str, currency: str, total: str, name: str
) -> StoreOrder:
    vat: defaultdict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    paid = ZERO
    where = f"WHERE order_id = {number}"
    for code, title, value in store.rows("SELECT code, title, value FROM {order_total} " + where):
        if code == "tax":
            vat[rates[title]] += parse_amount(value)
        elif code in PAYMENTS:
            paid -= parse_amount(value)
    lines = store.rows(
        "SELECT quantity, total, name,"
        " (SELECT GROUP_CONCAT(o.name, ': ', o.value ORDER BY order_option_id SEPARATOR ', ')"
        " FROM {order_option} o WHERE o.order_product_id = p.order_product_id)"
        " FROM {order_product} p " + where + " ORDER BY order_product_id"
    )
    products = [(int(quantity), parse_amount(net), _said(*told)) for quantity, net, *told in lines]
    return StoreOrder(number, status, currency, parse_amount(total), paid, dict(vat), products, html.unescape(name))


def _said(name: str, options: str) -> str:
    return html.unescape(name if options in ("", "NULL") else f"{name} ({options})")


def invoices_in(content: bytes) -> dict[str, Invoiced]:
    """The invoices of one aXML file in our own layout, by order number."""
    root = etree.fromstring(content)
    return {invoice.number: invoice for invoice in map(_invoice, root.iterfind("Orders/Order"))}


def _invoice(order: etree._Element) -> Invoiced:
    def amount(element: etree._Element, name: str) -> Decimal:
        return parse_amount(element.findtext(name) or "0")

    lines = [
        Line(
            int(line.findtext("Quantity") or "0"),
            line.findtext("Description") or "",
            amount(line, "VatPercentage"),
            amount(line, "Net"),
            amount(line, "Vat"),
        )
        for line in order.iterfind("Orderline")
    ]
    return Invoiced(
        number=order.findtext("OrderNumber") or "",
        ex_vat=amount(order, "TotalExVat"),
        vat=amount(order, "TotalVat"),
        rounding=amount(order, "Rounding"),
        total=amount(order, "TotalIncVat"),
        due=amount(order, "AmountDue"),
        lines=lines,
        debtor={str(child.tag): child.text or "" for child in order.iterfind("Debtor/*") if not len(child)},
    )


def differences(order: StoreOrder, invoice: Invoiced) -> Iterator[str]:
    """Every figure of the invoice that is not what the store's own rows say, in words."""
    if invoice.due != round2(order.total):
        yield f"to be paid {invoice.due}, the store says {order.total}"
    if invoice.total != round2(order.invoice_total):
        yield f"total {invoice.total}, the store says {order.invoice_total}"
    if invoice.total != invoice.ex_vat + invoice.vat + invoice.rounding or abs(invoice.rounding) > MOST_ROUNDING:
        yield f"{invoice.ex_vat} + {invoice.vat} + {invoice.rounding} is not {invoice.total}"
    yield from _vat_differences(order, invoice)
    if sum((line.net for line in invoice.lines), ZERO) != invoice.ex_vat:
        yield f"the lines do not add up to {invoice.ex_vat}"
    unseen = list(invoice.lines)
    for quantity, total, said in order.products:
        found = [
            line
            for line in unseen
            if line.quantity == quantity and abs(line.net - total) <= Decimal("0.01") and line.description == said
        ]
        if not found:
            yield f"no line of {quantity} pieces of {said} for {total}"
        else:
            unseen.remove(found[0])


def _vat_differences(order: StoreOrder, invoice: Invoiced) -> Iterator[str]:
    booked: defaultdict[Decimal, Decimal] = defaultdict(lambda: ZERO)
    for line in invoice.lines:
        booked[line.rate] += line.vat
    for rate in sorted({*booked, *order.vat}):
        if booked[rate] != round2(order.vat.get(rate, ZERO)):
            yield f"VAT of {rate.normalize():f}% {booked[rate]}, the store says {order.vat.get(rate, ZERO)}"
    if sum(booked.values(), ZERO) != invoice.vat:
        yield f"the lines' VAT does not add up to {invoice.vat}"
