"""Writes a document down: the amounts where they stay for years, the people in a side row that can be erased."""

import msgspec
from django.db.models import Max

from kloppend.domain.invoice import Document
from kloppend.records.models import Administration, DebtorLink, Invoice, InvoiceLine, InvoiceParty, Order, VatCheck
from kloppend.records.secrets import email_hash
from kloppend.records.snapshots import dump
from kloppend.records.vat_checks import latest_check


def store_document(order: Order, administration: Administration, document: Document) -> Invoice:
    """Insert the invoice, its lines, its party and the link to its debtor. The caller's transaction commits it.

    An invoice made again, after the first one was recalled, gets the next number of the order's invoices.
    """
    source = document.invoice
    before = order.invoices.filter(kind=Invoice.Kind.INVOICE).aggregate(highest=Max("sequence"))["highest"]
    invoice = Invoice.objects.create(
        order=order,
        sequence=(before or 0) + 1,
        invoice_date=document.invoice_date,
        treatment=source.treatment,
        vat_country=source.vat_country,
        icp=msgspec.to_builtins(source.icp),
        vat_check=_proof(order, document),
        currency=source.currency,
        total_ex_vat=source.total_ex_vat,
        total_vat=source.total_vat,
        rounding=source.rounding,
        total_inc_vat=source.total_inc_vat,
        amount_due=source.amount_due,
        vat_summary=msgspec.to_builtins(source.vat_summary),
        payments=msgspec.to_builtins(source.payments),
        warnings=[{"code": warning.code, "detail": dict(warning.detail)} for warning in source.warnings],
    )
    InvoiceLine.objects.bulk_create(
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
        for position, line in enumerate(source.lines, start=1)
    )
    InvoiceParty.objects.create(invoice=invoice, content=dump((document.debtor, document.delivery_address)))
    DebtorLink.objects.get_or_create(administration=administration, email_hash=email_hash(document.debtor.email))
    return invoice


def _proof(order: Order, document: Document) -> VatCheck | None:
    """The check on which the 0% of a supply within the EU rests; kept as long as the invoice."""
    icp = document.invoice.icp
    if icp is None or any(warning.code == "VAT_NUMBER_NOT_CHECKED" for warning in document.invoice.warnings):
        return None
    return latest_check(order.connection_id, icp.vat_number, VatCheck.Outcome.VALID)
