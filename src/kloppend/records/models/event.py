"""The trail: what happened to an order, append-only, each row sealed with the hash of the one before."""

from django.db import models

from kloppend.records.models.order import Order


class Event(models.Model):
    """One happening. `detail` holds order numbers, codes, amounts and hashes; never a name, address or e-mail."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    sequence = models.PositiveIntegerField()
    kind = models.CharField(max_length=40)
    at = models.DateTimeField()
    detail = models.JSONField(default=dict)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["order", "sequence"], name="events_of_an_order_are_numbered"),)
        ordering = ("order_id", "sequence")

    def __str__(self) -> str:
        return f"{self.kind} ({self.order_id}/{self.sequence})"
