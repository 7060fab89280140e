"""How a connection's files travel: picked up by the feed, put into a folder, or sent to an SFTP server.

Without a row they wait to be downloaded. A file remembers the row it went by; what leads to another place is a new row.
"""

from django.db import models
from django.db.models import Q

from kloppend.records.models.connection import Connection
from kloppend.records.secrets import EncryptedTextField


class Route(models.Model):
    """One way. `host_key` is the public key that a person confirmed, as OpenSSH writes it."""

    class Kind(models.TextChoices):
        FEED = "feed"
        FOLDER = "folder"
        SFTP = "sftp"

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="routes")
    kind = models.CharField(max_length=10, choices=Kind)
    current = models.BooleanField(default=False)
    folder = models.CharField(max_length=500, blank=True, default="")
    host = models.CharField(max_length=255, blank=True, default="")
    port = models.PositiveIntegerField(default=22)
    username = models.CharField(max_length=100, blank=True, default="")
    password = EncryptedTextField(blank=True, default="")
    private_key = EncryptedTextField(blank=True, default="")
    host_key = models.TextField(blank=True, default="")
    renames = models.BooleanField(default=True)  # whether the server can rename, as the trial showed
    token_hash = models.CharField(max_length=64, null=True, unique=True)  # of the feed's secret, never the secret
    since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection"], condition=Q(current=True), name="one_way_at_a_time"),
        )

    @property
    def where(self) -> str:
        """For people; without secrets."""
        return f"{self.host}:{self.port} {self.folder}" if self.kind == self.Kind.SFTP else self.folder

    def __str__(self) -> str:
        return f"{self.kind} of connection {self.connection_id}"
