"""An order and how far it has come."""

from django.db import models
from django.db.models.functions import Length

from kloppend.records.models.connection import Connection, Shop

BY_NUMBER = (Length("shop_order_id"), "shop_order_id")
"""The sequence in which everybody locks orders, so that nobody waits for who waits for us."""


class Order(models.Model):
    """One order of one shop, whatever connection it came through."""

    class State(models.TextChoices):
        WAITING = "waiting"
        READY = "ready"
        REFUSED = "refused"
        SKIPPED = "skipped"
        SEALED = "sealed"
        DELIVERED = "delivered"
        UNCERTAIN = "uncertain"
        CHANGED_AFTER = "changed_after"

    NOT_FORWARDED = (State.WAITING, State.READY, State.REFUSED, State.SKIPPED)

    shop = models.ForeignKey(Shop, on_delete=models.PROTECT, related_name="orders")
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="orders")
    shop_order_id = models.CharField(max_length=40)
    state = models.CharField(max_length=20, choices=State, default=State.WAITING)
    reason = models.CharField(max_length=60, blank=True, default="")
    already_booked = models.BooleanField(default=False)
    front_at = models.DateTimeField(null=True)  # when a person asked for it: such orders open the next file
    status_id = models.CharField(max_length=20, blank=True, default="")
    placed_at = models.DateTimeField(null=True)
    modified_at = models.DateTimeField(null=True)
    total = models.DecimalField(max_digits=19, decimal_places=4, null=True)
    fingerprint = models.CharField(max_length=64, blank=True, default="")
    booked_fingerprint = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["shop", "shop_order_id"], name="one_row_per_shop_order"),)
        indexes = (models.Index(fields=["connection", "state", "id"], name="order_by_state"),)

    def __str__(self) -> str:
        return f"{self.shop_order_id} ({self.state})"
