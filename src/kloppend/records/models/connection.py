"""Who is connected to what: a merchant's shop on one side, an administration in the books on the other."""

from collections.abc import Iterable
from typing import Any

from django.db import models

from kloppend.domain.licence import licence_mark
from kloppend.records.secrets import EncryptedTextField, licence_fingerprint


class Merchant(models.Model):
    """The shopkeeper."""

    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True, default="")  # where the daily mail goes; empty: no mail

    def __str__(self) -> str:
        return self.name


class Shop(models.Model):
    """A shop by its own random name. Orders hang here, so a re-made connection cannot send anything twice."""

    kind = models.CharField(max_length=40)
    shop_id = models.CharField(max_length=64)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "shop_id"], name="one_row_per_shop"),)

    def __str__(self) -> str:
        return f"{self.kind}:{self.shop_id}"


class Administration(models.Model):
    """One set of books in a package; `label` is how the package names it (for Asperion the licence code)."""

    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    proved_look_up_at = models.DateTimeField(null=True)  # a look-up found an invoice that is surely there

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "label"], name="one_row_per_administration"),)

    def __str__(self) -> str:
        return f"{self.kind}:{self.label}"


class Connection(models.Model):
    """One shop into one administration, with every choice the merchant made."""

    merchant = models.ForeignKey(Merchant, on_delete=models.PROTECT, related_name="connections")
    name = models.CharField(max_length=200, unique=True)
    shop_kind = models.CharField(max_length=40)
    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, null=True, related_name="connections")
    shop_address = models.CharField(max_length=500)
    shop_route = models.CharField(max_length=100, blank=True, default="")
    api_key = EncryptedTextField()
    licence_key = EncryptedTextField(blank=True, default="")
    licence_fingerprint = models.CharField(max_length=64, blank=True, default="", db_index=True)  # follows the key
    administration = models.ForeignKey(Administration, on_delete=models.PROTECT, related_name="connections")
    settings = models.JSONField(default=dict)
    cursor = models.CharField(max_length=200, blank=True, default="")
    own_layout = models.TextField(blank=True, default="")  # the file layout last made here, also while another is used
    shop_names = models.JSONField(default=dict)  # what the shop last called its statuses and methods, by code
    active = models.BooleanField(default=True)
    verify_before_sending = models.BooleanField(default=False)  # a backup was restored: nothing is sealed or placed
    backup_taken_at = models.DateTimeField(null=True)  # of the backup that was last restored
    restored_at = models.DateTimeField(null=True)
    file_numbers_above = models.PositiveIntegerField(default=0)  # numbers up to here may have been used

    wrong_dates_until = models.DateField(null=True)  # daily files after today and up to here: of a clock that was wrong

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """Also bring the fingerprint of the licence key along."""
        if update_fields is None or "licence_key" in update_fields:
            self.licence_fingerprint = licence_fingerprint(licence_mark(self.licence_key))
            update_fields = update_fields and {*update_fields, "licence_fingerprint"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def __str__(self) -> str:
        return self.name
