"""Which way a connection's files go now. While their layout is unverified they only wait to be downloaded."""

from kloppend.books.port import ApiBooks
from kloppend.domain.problems import Problem, Refused
from kloppend.records.models import Batch, Connection, Route
from kloppend.sync.means import means_of


def current_route(connection: Connection) -> Route | None:
    """The chosen way; None for download."""
    return connection.routes.filter(current=True).defer("password", "private_key").first()


def route_for(batch: Batch) -> Route | None:
    """The way for this file. Download, whatever was chosen, when its layout was not verified as it was made."""
    return current_route(batch.connection) if batch.verified else None


def is_off(connection: Connection) -> bool:
    """Whether every way but download is off, because nobody compared the layout of the files with the real one."""
    try:
        books = means_of(connection).books
    except Refused:
        return True  # settings that cannot be read say nothing
    return isinstance(books, ApiBooks) or not books.verified


def why_off(connection: Connection) -> list[Problem]:
    """The problem that a chosen way is not used; nothing when it is, or none was chosen."""
    route = current_route(connection)
    return [Problem.of("DELIVERY_OFF_UNVERIFIED", kind=route.kind)] if route and is_off(connection) else []
