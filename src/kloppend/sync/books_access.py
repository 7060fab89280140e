"""How a connection gets into books that answer: who the operator is to the package, and the owner's tokens."""

from django.conf import settings

from kloppend.books.access import Access, PartnerClient
from kloppend.outside.http import GuardedClient, Limits
from kloppend.records.models import Connection
from kloppend.records.tokens import RecordedTokens

LIMITS = Limits(connect=5.0, read=30.0, total=40.0)
"""A posting is four requests at most (a token, the post, and both once more), and these must end within the lease."""


def access_of(connection: Connection) -> Access:
    """What is needed to speak with the connection's books. No connection is kept open between two requests."""
    http = GuardedClient(allowed_networks=settings.KLOPPEND_ALLOWED_NETWORKS, limits=LIMITS, keep_alive=False)
    return Access(partner=_partner(), store=RecordedTokens(connection.pk), http=http)


def _partner() -> PartnerClient:
    return PartnerClient(
        client_id=settings.KLOPPEND_ASPERION_CLIENT_ID,
        client_secret=settings.KLOPPEND_ASPERION_CLIENT_SECRET,
        redirect_uri=f"{settings.KLOPPEND_BASE_URL}/books/back/",
    )
