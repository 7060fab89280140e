"""Makes orders for the tests: a plain valid one, of which a test changes what it is about."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from kloppend.domain.invoicing import InvoiceSettings, make_invoice
from kloppend.domain.order import Address, Customer, Order, ProductLine, TaxRate, TotalRow
from kloppend.domain.problems import Problem, Refused

HIGH = TaxRate(name="BTW 21%", rate=Decimal("21.0000"), kind="P")
LOW = TaxRate(name="BTW laag", rate=Decimal("9.0000"), kind="P")
HOME = Address(
    first_name="Jan", last_name="de Vries", street="Dorpsstraat 12", postcode="3511 AB", city="Utrecht", country="NL"
)


def product(price: str, quantity: int, total: str, tax: str, name: str = "Mok", line_id: str = "1") -> ProductLine:
    """A product row as the shop stores it."""
    return ProductLine(
        line_id=line_id,
        name=name,
        model=f"M{line_id}",
        quantity=quantity,
        price=Decimal(price),
        total=Decimal(total),
        tax=Decimal(tax),
    )


def row(code: str, value: str, sort_order: int = 3, title: str = "") -> TotalRow:
    """A row under the products."""
    return TotalRow(code=code, title=title or code, value=Decimal(value), sort_order=sort_order)


MUG = product("20.6612", 2, "41.3224", "4.3389")
TEA = product("4.5780", 3, "13.7340", "0.4120", name="Thee", line_id="2")


def an_order(**changes: Any) -> Order:
    """Two mugs at 21% with shipping: 55.00. `changes` replace fields of the order."""
    moment = datetime(2026, 11, 20, 9, 15, tzinfo=UTC)
    order = Order(
        shop_order_id="1001",
        status_id="5",
        placed_at=moment,
        modified_at=moment,
        base_currency="EUR",
        currency="EUR",
        currency_rate=Decimal("1.00000000"),
        total=Decimal("55.0001"),
        products=(MUG,),
        totals=(
            row("sub_total", "41.3224", 1),
            row("shipping", "4.1322", 3, "Verzendkosten"),
            row("tax", "9.5455", 5, "BTW 21%"),
            row("total", "55.0001", 9),
        ),
        tax_rates=(HIGH, LOW),
        customer=Customer(email="jan@example.test", first_name="Jan", last_name="de Vries", group_id="1"),
        invoice_address=HOME,
        delivery_address=HOME,
        payment_code="ideal",
    )
    return replace(order, **changes)


def with_rows(*rows: TotalRow, **changes: Any) -> Order:
    """An order with these rows, the last of which is its total; the tax list and products stay unless changed."""
    return an_order(totals=rows, total=rows[-1].value, **changes)


def refusal(order: Order, **settings: Any) -> Problem:
    """The problem for which the engine refuses this order."""
    try:
        invoice = make_invoice(order, InvoiceSettings(**settings))
    except Refused as refused:
        return refused.problem
    raise AssertionError(f"not refused: {invoice}")


SUB_ROWS_PAID: dict[str, Any] = {
    "total": Decimal("0.0000"),
    "totals": (
        row("sub_total", "41.3224", 1),
        row("tax", "8.6777", 5, "BTW 21%"),
        row("voucher", "-50.0001", 8),
        row("total", "0.0000", 9),
    ),
}
"""Two mugs, paid wholly by voucher."""
