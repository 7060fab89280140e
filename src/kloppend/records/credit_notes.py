"""Credit notes in the records: written once with their link to the invoice, made again after a recall, or made void."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from kloppend.domain.crediting import CreditNote, CreditReason, Taken
from kloppend.domain.money import ZERO
from kloppend.records.documents import insert_invoice, line_rows, next_number
from kloppend.records.models import Invoice, InvoiceLine, InvoiceParty


def store_credit(credited: Invoice, note: CreditNote, day: date, reason: CreditReason) -> Invoice:
    """Insert the credit note on this invoice, of the same party. The caller holds the order's row lock."""
    order = credited.order
    credit = insert_invoice(
        order,
        Invoice.Kind.CREDIT,
        note.invoice,
        day,
        credited.payment_code,
        credits=credited,
        credit_reason=reason,
        order_status=order.status_id,
        order_fingerprint=order.fingerprint,
    )
    rows = {line.position: line for line in credited.lines.all()}
    lines = line_rows(credit, [each.line for each in note.lines])
    for line, each in zip(lines, note.lines, strict=True):
        line.credits, line.pieces = rows[each.position], each.pieces
    _finish(credit, credited, lines, complete=note.complete)
    return credit


def store_again(credit: Invoice) -> Invoice:
    """The same credit note under the next number, after the file that held it was recalled.

    Whether its invoice is credited in full stays as it is. The caller made the old one void and holds the row lock.
    """
    credited = credit.credits
    if credited is None:
        raise ValueError("only a credit note is made again from itself")
    lines = list(credit.lines.order_by("position"))
    sequence = next_number(credit.order, Invoice.Kind.CREDIT)
    again = Invoice(**{**_columns(credit), "sequence": sequence, "void": False})
    again.save(force_insert=True)
    copies = [InvoiceLine(**{**_columns(line), "invoice_id": again.pk}) for line in lines]
    _finish(again, credited, copies, complete=False)
    return again


def make_void(credit: Invoice) -> None:
    """It did not go out and will not: what it took is there to credit again. The caller holds the order's lock."""
    Invoice.objects.filter(pk=credit.pk).update(void=True)
    Invoice.objects.filter(credit_notes=credit, credited=True).update(credited=False)


def taken_before(credited: Invoice) -> dict[int, Taken]:
    """What living credit notes took of each line, by its position."""
    rows = InvoiceLine.objects.filter(invoice__credits=credited, invoice__void=False)
    sums = rows.values("credits__position").annotate(all_pieces=Sum("pieces"), all_net=Sum("net"), all_vat=Sum("vat"))
    return {
        row["credits__position"]: Taken(pieces=row["all_pieces"], net=-row["all_net"], vat=-row["all_vat"])
        for row in sums
    }


def rounding_before(credited: Invoice) -> Decimal:
    """What living credit notes took of its rounding, which goes back with the last of them."""
    found: Decimal | None = credited.credit_notes.filter(void=False).aggregate(sum=Sum("rounding"))["sum"]
    return -(found or ZERO)


def _finish(credit: Invoice, credited: Invoice, lines: list[InvoiceLine], *, complete: bool) -> None:
    """The lines, the party of the invoice, and whether the invoice is now credited in full."""
    InvoiceLine.objects.bulk_create(lines)
    party = InvoiceParty.objects.filter(invoice=credited).first()
    if party:
        InvoiceParty.objects.create(invoice=credit, content=party.content)
    if complete and not credited.credited:
        credited.credited = True
        credited.save(update_fields=["credited"])


def _columns(row: Invoice | InvoiceLine) -> dict[str, Any]:
    """All that is stored of a row but its own key and the moment it was made."""
    names = [field.attname for field in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names if name not in {"id", "made_at"}}
