"""Documents to test books with: the invoices of the worked VAT cases, and small ones made to measure."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kloppend.books.port import FileHeading
from kloppend.domain.invoice import (
    Credited,
    Debtor,
    Document,
    Invoice,
    InvoiceLine,
    Payment,
    Treatment,
    VatTotal,
    Why,
)
from kloppend.domain.order import Address

CASES = json.loads((Path(__file__).parents[1] / "data" / "vat-cases.json").read_text(encoding="utf-8"))["cases"]
INVOICED = {case["id"]: case["expected"]["invoice"] for case in CASES if case["expected"]["result"] == "invoice"}
HEADING = FileHeading(administration="A-123", shop_name="Thee & Zo", business_date=date(2026, 11, 23), number=12)


def invoice_of(case_id: str) -> Invoice:
    """The expected invoice of a worked case."""
    raw = INVOICED[case_id]
    return Invoice(
        currency=raw["currency"],
        treatment=raw["treatment"],
        lines=tuple(_line(line, raw["treatment"]) for line in raw["lines"]),
        vat_summary=tuple(_vat_total(total) for total in raw["vat_summary"]),
        payments=tuple(Payment(code=p["code"], amount=Decimal(p["amount"])) for p in raw["payments"]),
        rounding=Decimal(raw["rounding"]),
        total_ex_vat=Decimal(raw["total_ex_vat"]),
        total_vat=Decimal(raw["total_vat"]),
        total_inc_vat=Decimal(raw["total_inc_vat"]),
        amount_due=Decimal(raw["amount_due"]),
    )


def _line(raw: dict[str, Any], treatment: Treatment) -> InvoiceLine:
    return InvoiceLine(
        kind=raw["kind"],
        treatment=treatment,
        description=raw["description"],
        quantity=raw["quantity"],
        unit_price=Decimal(raw["unit_price_ex_vat"]),
        vat_category=raw["vat_category"],
        vat_rate=Decimal(raw["vat_rate"]),
        net=Decimal(raw["net"]),
        vat=Decimal(raw["vat"]),
        why=Why(rule="worked case"),
    )


def _vat_total(raw: dict[str, Any]) -> VatTotal:
    return VatTotal(
        category=raw["vat_category"],
        rate=Decimal(raw["rate"]),
        base=Decimal(raw["base"]),
        vat=Decimal(raw["vat"]),
        vat_recalculated=Decimal(raw["vat_recalculated"]),
    )


_ABROAD = {"icp": ("BE", "BE0999999922"), "oss": ("BE", None), "export": ("CH", None), "eu_home_rate": ("DE", None)}


def document(case_id: str = "V01", **changes: Any) -> Document:
    """A worked case, dressed for the books; one that goes abroad has an address, and an e-mail address, there."""
    country, vat_number = _ABROAD.get(INVOICED[case_id]["treatment"], ("NL", None))
    plain = Document(
        order_number=f"10{case_id[1:]}",
        description=f"Bestelling 10{case_id[1:]}",
        invoice_date=date(2026, 11, 23),
        debtor=Debtor(
            email="anna@example.com" if country == "NL" else f"anna@{country.lower()}.example.com",
            name="Anna Jansen",
            contact="",
            address=Address(street="Dorpsstraat 1", postcode="1234 AB", city="Utrecht", country=country),
            vat_number=vat_number,
        ),
        delivery_address=None,
        payment_code="IDEAL",
        invoice=invoice_of(case_id),
    )
    return replace(plain, **changes)


def credit_of(invoiced: Document) -> Document:
    """The full credit note: the exact mirror."""
    invoice = invoiced.invoice
    return replace(
        invoiced,
        description=f"Creditfactuur {invoiced.order_number}",
        credits=Credited(number=1, invoice_date=invoiced.invoice_date),
        invoice=replace(
            invoice,
            lines=tuple(replace(line, quantity=-line.quantity, net=-line.net, vat=-line.vat) for line in invoice.lines),
            vat_summary=tuple(
                replace(row, base=-row.base, vat=-row.vat, vat_recalculated=-row.vat_recalculated)
                for row in invoice.vat_summary
            ),
            rounding=-invoice.rounding,
            payments=(),
            total_ex_vat=-invoice.total_ex_vat,
            total_vat=-invoice.total_vat,
            total_inc_vat=-invoice.total_inc_vat,
            amount_due=-invoice.total_inc_vat,
        ),
    )


def with_text(text: str) -> Document:
    """A document with this text wherever a customer or shop can put one."""
    plain = document("V02")
    lines = tuple(replace(line, description=f"x{text}x") for line in plain.invoice.lines)
    address = replace(plain.debtor.address, street=text, company=text, first_name=text, city=f"x{text}")
    return replace(
        plain,
        description=f"B{text}",
        payment_code=text,
        debtor=replace(plain.debtor, name=f"n{text}", email=text, address=address),
        delivery_address=replace(address, country="BE"),
        invoice=replace(plain.invoice, lines=lines),
    )
