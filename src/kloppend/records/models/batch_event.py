"""The trail of a file: who did what with it and when, append-only."""

from django.db import models

from kloppend.records.models.delivery import Batch


class BatchEvent(models.Model):
    """One happening. `by` is the acting person's id, empty when it happened by itself; nobody's name stands here."""

    class Kind(models.TextChoices):
        SEALED = "sealed"
        PLACED = "placed"
        FETCHED = "fetched"
        TAKEN = "taken"  # gone from the folder it was put in
        RECEIVED = "received"
        UNCERTAIN = "uncertain"
        DECIDED = "decided"
        IMPORTED = "imported"
        NOT_IMPORTED = "not_imported"
        RECALLED = "recalled"
        MAILED = "mailed"

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField()
    by = models.CharField(max_length=100, blank=True, default="")
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.kind} ({self.batch_id})"
