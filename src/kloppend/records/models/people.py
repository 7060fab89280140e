"""Who may look at whose connections: a login of Django's, and the merchants it belongs to."""

from django.conf import settings
from django.db import models

from kloppend.records.models.connection import Merchant


class Membership(models.Model):
    """A login's place with a merchant. Operators need none: Django's `is_staff` sees every connection."""

    class Role(models.TextChoices):
        OWNER = "owner"
        ACCOUNTANT = "accountant"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    merchant = models.ForeignKey(Merchant, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["user", "merchant"], name="one_role_per_merchant"),)

    def __str__(self) -> str:
        return f"{self.role} of merchant {self.merchant_id}"
