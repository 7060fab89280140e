"""The access that the owner of an administration gave to one connection."""

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
