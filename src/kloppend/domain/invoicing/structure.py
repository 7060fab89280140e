"""S2 Structure: sorts the shop's rows by what they mean, and refuses an order that does not hang together."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from kloppend.domain.invoicing.settings import InvoiceSettings
from kloppend.domain.order import Order, ProductLine, TotalRow, VoucherSold
from kloppend.domain.problems import Problem, Refused

STORAGE_ERROR = Fraction(5, 100_000)
"""Half of the fourth decimal: what storing one amount can lose (bookkeeping 5.5)."""

Meaning = Literal["sub_total", "tax", "total", "charge", "discount", "payment", "ignore"]

_MEANINGS: Mapping[str, Meaning] = {
    "sub_total": "sub_total",
    "tax": "tax",
    "total": "total",
    "shipping": "charge",
    "handling": "charge",
    "low_order_fee": "charge",
    "coupon": "discount",
    "reward": "discount",
    "voucher": "payment",
    "credit": "payment",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """The order's rows by meaning, each kind by sort order and then as stored; rows of zero are left out."""

    products: tuple[ProductLine, ...]
    vouchers_sold: tuple[VoucherSold, ...]
    tax_rows: tuple[TotalRow, ...]
    charges: tuple[TotalRow, ...]
    discounts: tuple[TotalRow, ...]
    payments: tuple[TotalRow, ...]
    rows: tuple[TotalRow, ...]

    @property
    def vouchers_total(self) -> Decimal:
        """What the gift vouchers bought in this order come to."""
        return sum((voucher.amount for voucher in self.vouchers_sold), Decimal(0))


def read_structure(order: Order, settings: InvoiceSettings) -> Structure:
    """Test the order in the sequence of bookkeeping 5.4 S2 and return its rows by meaning."""
    rows = tuple(sorted(order.totals, key=lambda row: row.sort_order))
    _check_total_row(order)
    _check_lines(order)
    _check_sub_total(order)
    meanings = {**settings.total_codes, **_MEANINGS}
    for row in rows:
        if row.value and row.code not in meanings:
            raise Refused(Problem.of("UNKNOWN_TOTAL_ROW", row_code=row.code, value=row.value))

    def meaning(wanted: Meaning) -> tuple[TotalRow, ...]:
        return tuple(row for row in rows if meanings.get(row.code) == wanted and (row.value or wanted == "tax"))

    return Structure(
        products=order.products,
        vouchers_sold=order.vouchers_sold,
        tax_rows=meaning("tax"),
        charges=meaning("charge"),
        discounts=meaning("discount"),
        payments=meaning("payment"),
        rows=rows,
    )


def _check_total_row(order: Order) -> None:
    if order.total < 0:
        raise Refused(Problem.of("NEGATIVE_TOTAL", total=order.total))
    totals = [row.value for row in order.totals if row.code == "total"]
    if len(totals) != 1 or abs(Fraction(totals[0]) - Fraction(order.total)) > STORAGE_ERROR:
        shown = ", ".join(str(value) for value in totals) or "-"
        raise Refused(Problem.of("TOTAL_ROW_MISMATCH", total=order.total, total_rows=shown))


def _check_lines(order: Order) -> None:
    if not order.products and not order.vouchers_sold:
        raise Refused(Problem.of("NO_LINES"))
    for line in order.products:
        expected = Fraction(line.price) * line.quantity
        if abs(Fraction(line.total) - expected) > STORAGE_ERROR * (abs(line.quantity) + 1):
            raise Refused(
                Problem.of(
                    "LINE_MISMATCH",
                    order_product_id=line.line_id,
                    product=product_label(line),
                    quantity=line.quantity,
                    price=line.price,
                    total=line.total,
                )
            )


def _check_sub_total(order: Order) -> None:
    stated = sum((Fraction(row.value) for row in order.totals if row.code == "sub_total"), Fraction(0))
    amounts = [line.total for line in order.products] + [voucher.amount for voucher in order.vouchers_sold]
    found = sum((Fraction(amount) for amount in amounts), Fraction(0))
    if abs(stated - found) > STORAGE_ERROR * (len(amounts) + 1):
        raise Refused(Problem.of("SUBTOTAL_MISMATCH", sub_total=four_decimals(stated), lines=four_decimals(found)))


def product_label(line: ProductLine) -> str:
    """How a problem names a product: by its article number, or else by the row's number in the shop."""
    return line.model or f"#{line.line_id}"


def four_decimals(amount: Fraction | Decimal) -> str:
    """An amount as the shop would store it, for messages and explanations only."""
    units = round(Fraction(amount) * 10_000)
    return f"{Decimal(units).scaleb(-4):f}"
