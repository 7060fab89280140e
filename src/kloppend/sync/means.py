"""What every piece of work on a connection needs first: the merchant's choices and the books they lead to."""

from dataclasses import dataclass
from datetime import date, datetime

from kloppend.books.port import ApiBooks, Books, FileBooks
from kloppend.books.registry import API_BOOKS, open_api_books, open_books
from kloppend.domain.problems import Problem, Refused
from kloppend.records.models import Connection, vouched_layouts
from kloppend.sync.books_access import access_of, books_settings
from kloppend.sync.choices import Choices, choices_of
from kloppend.sync.schedule import business_date


@dataclass(frozen=True, slots=True)
class Means:
    """The choices, checked, and the books they describe."""

    choices: Choices
    books: Books

    def today(self, at: datetime) -> date:
        """The calendar day of an aware moment in the connection's own zone."""
        return business_date(self.choices, at)


def means_of(connection: Connection) -> Means:
    """Read the connection's settings. Raises Refused with SETTINGS_INVALID when they cannot be used."""
    try:
        choices = choices_of(connection.settings)
        return Means(choices, _books(connection, choices))
    except ValueError as error:
        raise Refused(Problem.of("SETTINGS_INVALID", what=error)) from error


def _books(connection: Connection, choices: Choices) -> Books:
    administration = connection.administration
    settings = books_settings(
        administration.kind, administration.label, choices.books_options, vouched_layouts(connection)
    )
    if administration.kind in API_BOOKS:
        return open_api_books(administration.kind, settings, access_of(connection))
    return open_books(administration.kind, settings)


def files_of(books: Books) -> FileBooks:
    """These books, when they take files. Raises Refused with BOOKS_TAKE_NO_FILES when they do not."""
    if isinstance(books, ApiBooks):
        raise Refused(Problem.of("BOOKS_TAKE_NO_FILES"))
    return books
