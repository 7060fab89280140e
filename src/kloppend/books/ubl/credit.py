"""Credit notes as UBL wants them: a type of document of its own, with the positive amounts of what is taken back."""

from dataclasses import replace

from kloppend.domain.invoice import Document


def number_of(document: Document) -> str:
    """`1042`, and `1042-C2` for the second credit note on it."""
    return f"{document.order_number}-C{document.credits.number}" if document.credits else document.order_number


def as_written(document: Document) -> Document:
    """The document with the amounts that UBL shows: a credit note's the other way round, an invoice's as they are."""
    if document.credits is None:
        return document
    invoice = document.invoice
    lines = tuple(replace(line, quantity=-line.quantity, net=-line.net, vat=-line.vat) for line in invoice.lines)
    summary = tuple(
        replace(row, base=-row.base, vat=-row.vat, vat_recalculated=-row.vat_recalculated)
        for row in invoice.vat_summary
    )
    positive = replace(
        invoice,
        lines=lines,
        vat_summary=summary,
        rounding=-invoice.rounding,
        total_ex_vat=-invoice.total_ex_vat,
        total_vat=-invoice.total_vat,
        total_inc_vat=-invoice.total_inc_vat,
        amount_due=-invoice.amount_due,
    )
    return replace(document, invoice=positive)
