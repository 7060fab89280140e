"""What VIES said of a customer's VAT number: the reason why a supply within the EU bears no VAT, and the proof of it.

The number itself stands on the invoice; here is a keyed hash of it, so that these rows hold nothing personal.
"""

from django.db import models
from django.db.models import Q

from kloppend.records.models.connection import Connection


class VatCheck(models.Model):
    """One question to VIES. Open (`unavailable`) until it is answered, and then never changed."""

    class Outcome(models.TextChoices):
        VALID = "valid"
        INVALID = "invalid"
        UNAVAILABLE = "unavailable"

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="vat_checks")
    number_hash = models.CharField(max_length=64)
    country = models.CharField(max_length=2)  # the number's first two letters: who answers
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.UNAVAILABLE)
    checked_at = models.DateTimeField()
    consultation_number = models.CharField(max_length=60, blank=True, default="")
    fault = models.CharField(max_length=60, blank=True, default="")  # why there is no answer yet
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "number_hash"],
                condition=Q(outcome="unavailable"),
                name="one_open_question_per_vat_number",
            ),
        )
        indexes = (models.Index(fields=["connection", "number_hash", "-checked_at"], name="vat_check_newest_first"),)

    def __str__(self) -> str:
        return f"VAT number of {self.country}: {self.outcome}"
