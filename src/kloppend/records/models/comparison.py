"""What came of comparing with an export of the books that somebody uploaded. The export itself is not kept."""

from django.db import models

from kloppend.records.models.connection import Connection


class Comparison(models.Model):
    """One report. `findings` hold order numbers, amounts and invoice numbers of the books: no names, no texts."""

    class Kind(models.TextChoices):
        XAF = "xaf"
        CSV = "csv"

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="comparisons")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=100)
    kind = models.CharField(max_length=3, choices=Kind)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    columns = models.JSONField(default=dict)  # of a CSV: which column means what, as was chosen
    first_day = models.DateField()
    last_day = models.DateField()
    entries = models.PositiveIntegerField()  # read from the export
    counts = models.JSONField()  # findings by outcome
    findings = models.JSONField()  # see domain.compare_export.Finding
    reported_at = models.DateTimeField(null=True)  # when a person made problems of what is wrong
    reported_by = models.CharField(max_length=100, blank=True, default="")

    def __str__(self) -> str:
        return f"comparison of {self.first_day} to {self.last_day}"
