"""Tokens in the records, for the books' port: encrypted, and used by one at a time among all processes."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import msgspec
from django.db import transaction

from kloppend.books.access import Tokens
from kloppend.records.models import BooksTokens


class _Stored(msgspec.Struct, frozen=True):
    access_token: str
    refresh_token: str
    expires_at: datetime


class RecordedTokens:
    """Implements books.access.TokenStore for one connection."""

    def __init__(self, connection_id: int) -> None:
        self._connection_id = connection_id

    def load(self) -> Tokens | None:
        """The newest tokens; None when access was never given."""
        row = BooksTokens.objects.filter(pk=self._connection_id).first()
        if row is None or not row.content:
            return None
        stored = msgspec.json.decode(row.content, type=_Stored)
        return Tokens(
            access_token=stored.access_token, refresh_token=stored.refresh_token, expires_at=stored.expires_at
        )

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the row's lock until what was saved is committed. Not within another transaction: that could undo it."""
        BooksTokens.objects.get_or_create(connection_id=self._connection_id)
        with transaction.atomic(durable=True):
            BooksTokens.objects.select_for_update().get(pk=self._connection_id)
            yield

    def save(self, tokens: Tokens) -> None:
        """Keep these; committed when the lock is given back."""
        if not transaction.get_connection().in_atomic_block:
            raise RuntimeError("tokens are saved under the lock only")
        stored = _Stored(tokens.access_token, tokens.refresh_token, tokens.expires_at)
        row = BooksTokens(connection_id=self._connection_id, content=msgspec.json.encode(stored).decode())
        row.save(force_update=True)
