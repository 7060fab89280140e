"""What every piece of work on a connection needs first: the merchant's choices and the books they lead to."""

from dataclasses import dataclass
from datetime import date, datetime

from kloppend.books.port import BooksSettings, FileBooks
from kloppend.books.registry import open_books
from kloppend.domain.problems import Problem, Refused
from kloppend.records.models import Connection
from kloppend.sync.choices import Choices, choices_of
from kloppend.sync.schedule import business_date


@dataclass(frozen=True, slots=True)
class Means:
    """The choices, checked, and the books they describe."""

    choices: Choices
    books: FileBooks

    def today(self, at: datetime) -> date:
        """The calendar day of an aware moment in the connection's own zone."""
        return business_date(self.choices, at)


def means_of(connection: Connection) -> Means:
    """Read the connection's settings. Raises Refused with SETTINGS_INVALID when they cannot be used."""
    administration = connection.administration
    try:
        choices = choices_of(connection.settings)
        settings = BooksSettings(administration=administration.label, options=choices.books_options)
        return Means(choices, open_books(administration.kind, settings))
    except ValueError as error:
        raise Refused(Problem.of("SETTINGS_INVALID", what=error)) from error
