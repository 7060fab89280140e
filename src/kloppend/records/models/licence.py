"""Licences that the operator of a hosted service gives out. Who runs Kloppend for himself has none and needs none."""

from django.db import models

from kloppend.records.models.connection import Merchant
from kloppend.records.secrets import EncryptedTextField


class Licence(models.Model):
    """A licence key of a merchant. It is looked up by its fingerprint; the key itself is for sending it again."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="licences")
    key = EncryptedTextField()
    fingerprint = models.CharField(max_length=64, unique=True)
    trial = models.BooleanField(default=False)
    last_day = models.DateField(null=True)  # null: until it is ended
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"licence {self.pk} of merchant {self.merchant_id}"
