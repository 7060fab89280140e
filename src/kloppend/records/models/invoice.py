"""The invoice as it was made: amounts and lines are written once and never updated (the database refuses it).

A credit note is one too, with negative amounts and a link to the invoice it takes back. The database refuses credits
that together are more than their invoice, or than one of its lines.
"""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q

from kloppend.records.models.order import Order
from kloppend.records.models.vat_check import VatCheck


def _cents() -> "models.DecimalField[str | Decimal, Decimal]":
    return models.DecimalField(max_digits=19, decimal_places=2)


class Invoice(models.Model):
    """What was, or will be, sent to the books for an order; void only when it provably did not go out."""

    class Kind(models.TextChoices):
        INVOICE = "invoice"
        CREDIT = "credit"

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.INVOICE)
    sequence = models.PositiveIntegerField(default=1)
    void = models.BooleanField(default=False)
    credits = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credit_notes")
    credited = models.BooleanField(default=False)  # taken back in full: the order may get another invoice
    made_at = models.DateTimeField(auto_now_add=True)
    invoice_date = models.DateField()
    payment_code = models.TextField(blank=True, default="")
    treatment = models.CharField(max_length=20)
    vat_country = models.CharField(max_length=2, default="NL")
    icp = models.JSONField(null=True)
    vat_check = models.ForeignKey(VatCheck, on_delete=models.PROTECT, null=True, related_name="invoices")
    currency = models.CharField(max_length=3)
    total_ex_vat = _cents()
    total_vat = _cents()
    rounding = _cents()
    total_inc_vat = _cents()
    amount_due = _cents()
    vat_summary = models.JSONField()
    payments = models.JSONField()
    warnings = models.JSONField()
    # Of a credit note: why, and the order in the shop as it then was. What a person answered is not told again.
    credit_reason = models.CharField(max_length=20, blank=True, default="")
    order_status = models.CharField(max_length=20, blank=True, default="")
    order_fingerprint = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["order"],
                condition=Q(kind="invoice", void=False, credited=False),
                name="one_living_invoice_per_order",
            ),
            models.UniqueConstraint(fields=["order", "kind", "sequence"], name="documents_of_an_order_are_numbered"),
            models.CheckConstraint(
                condition=Q(total_inc_vat=F("total_ex_vat") + F("total_vat") + F("rounding")), name="invoice_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", credits=None) | Q(kind="credit", credits__isnull=False, credited=False),
                name="a_credit_has_its_invoice",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.sequence} of order {self.order_id}"


class InvoiceLine(models.Model):
    """A line with the reason why it is as it is."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    description = models.TextField()
    quantity = models.IntegerField()
    unit_price = models.DecimalField(max_digits=19, decimal_places=4)
    treatment = models.CharField(max_length=20, blank=True, default="")
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=7, decimal_places=4)
    net = _cents()
    vat = _cents()
    why = models.JSONField()
    credits = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="credit_lines")
    pieces = models.PositiveIntegerField(default=0)  # of a credited line: how many of its pieces come back

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["invoice", "position"], name="one_line_per_position"),
            models.UniqueConstraint(fields=["invoice", "credits"], name="a_line_credited_once_per_note"),
        )

    def __str__(self) -> str:
        return f"line {self.position} of invoice {self.invoice_id}"
