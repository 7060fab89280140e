"""When a connection runs next, who runs it now, and what its runs came to. Nothing here decides what is booked."""

from django.db import models

from kloppend.records.models.connection import Connection


class Timetable(models.Model):
    """One row per connection: its plan, and the claim of the one process that may run it.

    A claim is living until `claimed_until` (the database's clock). One that lapsed belonged to a process that died.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, primary_key=True, related_name="timetable")
    next_fetch_at = models.DateTimeField(null=True)  # null: at once
    last_run_at = models.DateTimeField(null=True)
    next_look_at = models.DateTimeField(null=True)  # an invoice whose outcome is unclear is to be looked up
    filed_on = models.DateField(null=True)  # the last business date whose daily file was made, or had nothing to hold
    claimed_by = models.CharField(max_length=32, blank=True, default="")
    claimed_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"timetable of connection {self.connection_id}"


class Run(models.Model):
    """One run of a connection, from fetch to file, as the pages show it. Old ones are trimmed."""

    class Why(models.TextChoices):
        SCHEDULE = "schedule"
        CATCH_UP = "catch_up"
        PERSON = "person"

    class Outcome(models.TextChoices):
        RUNNING = "running"
        FINE = "fine"
        PROBLEM = "problem"  # `fault` names the first one that stands open for the connection
        FAILED = "failed"  # a mistake of ours
        INTERRUPTED = "interrupted"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    why = models.CharField(max_length=10, choices=Why)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.RUNNING)
    fault = models.CharField(max_length=60, blank=True, default="")
    fetched = models.PositiveIntegerField(default=0)
    settled = models.PositiveIntegerField(default=0)
    files = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = (models.Index(fields=["connection", "-started_at"], name="runs_newest_first"),)

    def __str__(self) -> str:
        return f"run of connection {self.connection_id} ({self.outcome})"
