"""That a person compared the layout of a connection's files with an official sample, and who took it back."""

from django.db import models
from django.db.models import Q

from kloppend.records.models.connection import Connection


class LayoutVerified(models.Model):
    """One statement. `mark` is that of the layout as it was then: any change of it makes another mark.

    `by` and `withdrawn_by` are ids of logins.
    """

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="layouts_verified")
    mark = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    sample_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=40)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["connection", "mark"], condition=Q(withdrawn_at=None), name="one_standing_word_per_layout"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} by {self.by}"


def vouched_layouts(connection: Connection) -> frozenset[str]:
    """The marks of the layouts that somebody stands for now."""
    return frozenset(connection.layouts_verified.filter(withdrawn_at=None).values_list("mark", flat=True))
