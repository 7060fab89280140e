"""What is wrong now, and what was wrong before: one open row per connection, order and code."""

from django.db import models
from django.db.models import Q

from kloppend.records.models.connection import Connection
from kloppend.records.models.order import Order


class Problem(models.Model):
    """A code of the catalogue that stands open until its cause is gone; without an order it is about the connection."""

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="problems")
    order = models.ForeignKey(Order, on_delete=models.PROTECT, null=True, related_name="problems")
    code = models.CharField(max_length=60)
    source = models.CharField(max_length=20)
    detail = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "order", "code"],
                condition=Q(closed_at=None),
                nulls_distinct=False,
                name="one_open_problem_per_code",
            ),
        )

    def __str__(self) -> str:
        return self.code
