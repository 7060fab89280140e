"""The access that the owner of an administration gave to one connection, how it is asked for, and what it shows."""

from django.db import models

from kloppend.records.models.connection import Connection
from kloppend.records.secrets import EncryptedTextField


class BooksTokens(models.Model):
    """The newest tokens, as JSON; empty while access was never given.

    Per connection, not per administration: what one merchant consented to must never serve another who names the
    same administration.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, primary_key=True, related_name="tokens")
    content = EncryptedTextField(blank=True, default="")
    saved_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"tokens of connection {self.connection_id}"


class AskedConsent(models.Model):
    """A consent that somebody was sent away to give. It counts once, and not for long.

    The state itself is only in the address that the owner's browser carries; here is its hash. `asked_by`: who may
    come back with it; empty when it was asked for in a terminal.
    """

    state_hash = models.CharField(max_length=64, primary_key=True)
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="asked_consents")
    kind = models.CharField(max_length=40)  # of the books: perhaps not yet those of the connection
    options = models.JSONField(default=dict)  # of those books, where they are not the connection's own
    verifier = EncryptedTextField()
    asked_by = models.CharField(max_length=100, blank=True, default="")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"consent asked for connection {self.connection_id}"


class BooksOffer(models.Model):
    """What an administration offers to choose from, as this connection's access showed it at `read_at`."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="books_offers")
    kind = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    name = models.CharField(max_length=200, blank=True, default="")  # of the administration
    content = models.JSONField(default=dict)
    read_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection", "kind", "label"], name="one_offer_per_administration"),
        )

    def __str__(self) -> str:
        return f"offer of {self.kind}:{self.label}"
