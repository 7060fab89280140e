"""The one place that names the bookkeeping packages: a new package is a folder and one line here."""

from collections.abc import Callable

from kloppend.books.asperion.axml import AxmlBooks
from kloppend.books.port import BooksSettings, FileBooks

BOOKS: dict[str, Callable[[BooksSettings], FileBooks]] = {
    "asperion_axml": AxmlBooks,
}


def open_books(kind: str, settings: BooksSettings) -> FileBooks:
    """The package of this kind with the merchant's settings.

    Raises ValueError when no package has that name, or when the package does not understand the settings.
    """
    if kind not in BOOKS:
        raise ValueError(f"unknown books {kind!r}; known are: {', '.join(sorted(BOOKS))}")
    return BOOKS[kind](settings)
