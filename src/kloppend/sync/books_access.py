"""How a connection gets into books that answer: who the operator is to the package, and the owner's tokens."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings

from kloppend.books.access import Access, PartnerClient, TokenStore
from kloppend.books.port import ApiBooks, BooksSettings
from kloppend.books.registry import open_api_books
from kloppend.outside.http import GuardedClient, Limits
from kloppend.records.models import Connection
from kloppend.records.tokens import RecordedTokens

LIMITS = Limits(connect=5.0, read=30.0, total=40.0)
"""A posting is four requests at most (a token, the post, and both once more), and these must end within the lease."""


def access_of(connection: Connection, store: TokenStore | None = None) -> Access:
    """What is needed to speak with the connection's books. No connection is kept open between two requests.

    `store`: other tokens than those in the records.
    """
    http = GuardedClient(allowed_networks=settings.KLOPPEND_ALLOWED_NETWORKS, limits=LIMITS, keep_alive=False)
    return Access(partner=_partner(), store=store or RecordedTokens(connection.pk), http=http)


def books_settings(
    kind: str, label: str, options: Mapping[str, Any], vouched: frozenset[str] = frozenset()
) -> BooksSettings:
    """The options of a connection, on top of those that the operator sets for all connections of this kind."""
    of_operator = settings.OPTIONS_OF_BOOKS.get(kind, {})
    return BooksSettings(administration=label, options={**of_operator, **options}, vouched=vouched)


def api_books_of(
    connection: Connection, kind: str, label: str, options: Mapping[str, Any], store: TokenStore | None = None
) -> ApiBooks:
    """Books of this kind, perhaps not yet the connection's own, opened with its access. Raises ValueError."""
    return open_api_books(kind, books_settings(kind, label, options), access_of(connection, store))


def is_registered() -> bool:
    """Whether the operator of this installation is known to the package."""
    partner = _partner()
    return bool(partner.client_id and partner.client_secret)


def _partner() -> PartnerClient:
    return PartnerClient(
        client_id=settings.KLOPPEND_ASPERION_CLIENT_ID,
        client_secret=settings.KLOPPEND_ASPERION_CLIENT_SECRET,
        redirect_uri=f"{settings.KLOPPEND_BASE_URL}/books/back/",
    )
