"""Writes a document down and reads it again: amounts where they stay for years, people in a row that can be erased."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

import msgspec
from django.db.models import Max

from kloppend.domain import invoice as domain
from kloppend.domain.invoice import Debtor, Document
from kloppend.domain.order import Address
from kloppend.domain.problems import Problem
from kloppend.records.models import Invoice, InvoiceLine, InvoiceParty, Order, VatCheck
from kloppend.records.snapshots import dump, load
from kloppend.records.vat_checks import latest_check


def store_document(order: Order, document: Document) -> Invoice:
    """Insert the invoice, its lines and its party. The caller's transaction commits it.

    An invoice made again, after the first one was recalled or credited, gets the next number of the order's invoices.
    """
    invoice = insert_invoice(
        order, Invoice.Kind.INVOICE, document.invoice, document.invoice_date, document.payment_code
    )
    InvoiceLine.objects.bulk_create(line_rows(invoice, document.invoice.lines))
    InvoiceParty.objects.create(invoice=invoice, content=dump((document.debtor, document.delivery_address)))
    return invoice


def invoice_of(row: Invoice) -> domain.Invoice:
    """The invoice as it was stored, for the domain to reckon with."""
    return domain.Invoice(
        currency=row.currency,
        treatment=cast(domain.Treatment, row.treatment),
        vat_country=row.vat_country,
        lines=tuple(_line(line, row) for line in row.lines.order_by("position")),
        vat_summary=tuple(msgspec.convert(row.vat_summary, list[domain.VatTotal])),
        rounding=row.rounding,
        payments=tuple(msgspec.convert(row.payments, list[domain.Payment])),
        total_ex_vat=row.total_ex_vat,
        total_vat=row.total_vat,
        total_inc_vat=row.total_inc_vat,
        amount_due=row.amount_due,
        icp=msgspec.convert(row.icp, domain.IcpSupply | None),
        warnings=tuple(Problem(warning["code"], warning["detail"]) for warning in row.warnings),
    )


def party_of(row: Invoice) -> tuple[Debtor, Address | None] | None:
    """For whom it is; None once that was erased."""
    party = InvoiceParty.objects.filter(invoice=row).first()
    return load(party.content, tuple[Debtor, Address | None]) if party else None


def insert_invoice(
    order: Order, kind: Invoice.Kind, source: domain.Invoice, day: date, payment_code: str, **credit: Any
) -> Invoice:
    """The row of an invoice or credit note, without its lines and its party."""
    return Invoice.objects.create(
        order=order,
        kind=kind,
        sequence=next_number(order, kind),
        invoice_date=day,
        payment_code=payment_code,
        treatment=source.treatment,
        vat_country=source.vat_country,
        icp=msgspec.to_builtins(source.icp),
        vat_check=_proof(order, source),
        currency=source.currency,
        total_ex_vat=source.total_ex_vat,
        total_vat=source.total_vat,
        rounding=source.rounding,
        total_inc_vat=source.total_inc_vat,
        amount_due=source.amount_due,
        vat_summary=msgspec.to_builtins(source.vat_summary),
        payments=msgspec.to_builtins(source.payments),
        warnings=[{"code": warning.code, "detail": dict(warning.detail)} for warning in source.warnings],
        **credit,
    )


def next_number(order: Order, kind: str) -> int:
    """Documents of an order are numbered; those that became void keep theirs."""
    highest: int | None = order.invoices.filter(kind=kind).aggregate(highest=Max("sequence"))["highest"]
    return (highest or 0) + 1


def line_rows(invoice: Invoice, lines: Sequence[domain.InvoiceLine]) -> list[InvoiceLine]:
    """The rows of these lines, not stored yet."""
    return [
        InvoiceLine(
            invoice=invoice,
            position=position,
            kind=line.kind,
            description=line.description,
            quantity=line.quantity,
            unit_price=line.unit_price,
            treatment=line.treatment,
            vat_category=line.vat_category,
            vat_rate=line.vat_rate,
            net=line.net,
            vat=line.vat,
            why=msgspec.to_builtins(line.why),
        )
        for position, line in enumerate(lines, start=1)
    ]


def _line(row: InvoiceLine, invoice: Invoice) -> domain.InvoiceLine:
    return domain.InvoiceLine(
        kind=cast(domain.LineKind, row.kind),
        description=row.description,
        quantity=row.quantity,
        unit_price=row.unit_price,
        treatment=cast(domain.Treatment, row.treatment or invoice.treatment),
        vat_category=cast(domain.VatCategory, row.vat_category),
        vat_rate=row.vat_rate,
        net=row.net,
        vat=row.vat,
        why=msgspec.convert(row.why, domain.Why),
    )


def _proof(order: Order, source: domain.Invoice) -> VatCheck | None:
    """The check on which the 0% of a supply within the EU rests; kept as long as the invoice."""
    if source.icp is None or any(warning.code == "VAT_NUMBER_NOT_CHECKED" for warning in source.warnings):
        return None
    return latest_check(order.connection_id, source.icp.vat_number, VatCheck.Outcome.VALID)
