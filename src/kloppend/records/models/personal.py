"""All personal data of the records: rows that can be erased without touching amounts, hashes or the trail."""

from django.db import models

from kloppend.records.models.delivery import Batch, Delivery
from kloppend.records.models.invoice import Invoice
from kloppend.records.models.order import Order


class OrderSnapshot(models.Model):
    """The order as the shop last gave it, as JSON of `domain.order.Order`."""

    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="snapshot", primary_key=True)
    content = models.BinaryField()
    taken_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"snapshot of order {self.order_id}"


class InvoiceParty(models.Model):
    """For whom an invoice is, as JSON of `domain.invoice.Debtor` and the delivery address."""

    invoice = models.OneToOneField(Invoice, on_delete=models.CASCADE, related_name="party", primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"party of invoice {self.invoice_id}"


class BatchContent(models.Model):
    """The bytes of a file."""

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, related_name="content", primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"content of {self.batch_id}"


class SentDocument(models.Model):
    """What is sent to books that answer, as JSON of `domain.invoice.Document`: a second sending is of the same."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="document", primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"document of delivery {self.delivery_id}"
