"""Two made-up orders with every fact filled in, so that a profile shows all its nodes when it is calibrated."""

from datetime import date
from decimal import Decimal

from kloppend.books.asperion.axml.profile import Profile
from kloppend.books.port import FileHeading
from kloppend.domain.invoice import Debtor, Document, Invoice, InvoiceLine, LineKind, Payment, VatTotal, Why
from kloppend.domain.order import Address

HEADING = FileHeading(administration="LICENCE", shop_name="Voorbeeldwinkel", business_date=date(2026, 11, 23), number=7)

_INVOICE_ADDRESS = Address(
    first_name="Jo", last_name="Voorbeeld", company="Voorbeeld BV", street="Dorpsstraat 1", street_2="Bus 2",
    postcode="1234 AB", city="Utrecht", country="NL",
)  # fmt: skip
_DELIVERY_ADDRESS = Address(
    first_name="Sam", last_name="Proef", company="Proef BV", street="Kade 3", street_2="Loods 4",
    postcode="9999 ZZ", city="Delft", country="BE",
)  # fmt: skip


def example_documents(profile: Profile) -> tuple[Document, ...]:
    """Documents that this profile can carry: with a discount, a rounding or a voucher only where it has a place."""
    return _document(profile, "1001"), _document(profile, "1002")


def _document(profile: Profile, number: str) -> Document:
    return Document(
        order_number=number,
        description=f"Bestelling {number}",
        invoice_date=date(2026, 11, 23),
        debtor=Debtor(
            email="jo@example.com",
            name="Voorbeeld BV",
            contact="Jo Voorbeeld",
            address=_INVOICE_ADDRESS,
            vat_number="NL000000000B00",
        ),
        delivery_address=_DELIVERY_ADDRESS,
        payment_code="IDEAL",
        invoice=_invoice(profile),
    )


def _invoice(profile: Profile) -> Invoice:
    switches = profile.switches
    discount = Decimal("-1.00") if switches.negative_lines == "line" else Decimal("1.00")
    rounding = Decimal("0.01") if switches.rounding_line == "node" else Decimal("0.00")
    payments = (Payment(code="voucher", amount=Decimal("5.00")),) if switches.voucher_payments == "node" else ()
    kind: LineKind = "discount" if discount < 0 else "fee"
    lines = (_line("product", "20.00", 2, "21"), _line("product", "10.00", 1, "9"), _line(kind, str(discount), 1, "21"))
    high = Decimal("20.00") + discount
    total_ex_vat = high + Decimal("10.00")
    total_vat = sum((line.vat for line in lines), Decimal("0.00"))
    total = total_ex_vat + total_vat + rounding
    return Invoice(
        currency="EUR",
        treatment="domestic",
        lines=lines,
        vat_summary=(_vat_total("21", high), _vat_total("9", Decimal("10.00"))),
        rounding=rounding,
        payments=payments,
        total_ex_vat=total_ex_vat,
        total_vat=total_vat,
        total_inc_vat=total,
        amount_due=total - sum((payment.amount for payment in payments), Decimal("0.00")),
    )


def _line(kind: LineKind, net: str, quantity: int, rate: str) -> InvoiceLine:
    return InvoiceLine(
        kind=kind,
        description="Artikel",
        quantity=quantity,
        unit_price=Decimal(net) / quantity,
        vat_category="S",
        vat_rate=Decimal(rate),
        net=Decimal(net),
        vat=_percentage(Decimal(net), rate),
        why=Why(rule="example"),
    )


def _percentage(amount: Decimal, rate: str) -> Decimal:
    # All amounts above are whole euros, so that a percentage of them is exact to the cent.
    return amount * Decimal(rate) / 100


def _vat_total(rate: str, base: Decimal) -> VatTotal:
    vat = _percentage(base, rate)
    return VatTotal(category="S", rate=Decimal(rate), base=base, vat=vat, vat_recalculated=vat)
