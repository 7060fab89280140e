"""The one place that names the bookkeeping packages: a new package is a folder and one line here."""

from collections.abc import Callable
from typing import TypeVar

from kloppend.books.access import Access, OwnerConsent
from kloppend.books.asperion.axml import AxmlBooks
from kloppend.books.asperion.rest import AsperionRest, Identity, rest_settings
from kloppend.books.port import ApiBooks, BooksSettings, FileBooks
from kloppend.books.ubl import UblBooks

Package = TypeVar("Package")

BOOKS: dict[str, Callable[[BooksSettings], FileBooks]] = {
    "asperion_axml": AxmlBooks,
    "ubl": UblBooks,
}

API_BOOKS: dict[str, Callable[[BooksSettings, Access], ApiBooks]] = {
    "asperion_rest": lambda settings, access: AsperionRest(rest_settings(settings), access),
}

CONSENTS: dict[str, Callable[[BooksSettings, Access], OwnerConsent]] = {
    "asperion_rest": lambda settings, access: Identity(rest_settings(settings), access),
}


def open_books(kind: str, settings: BooksSettings) -> FileBooks:
    """The package of this kind, that takes files, with the merchant's settings.

    Raises ValueError when no package has that name, or when the package does not understand the settings.
    """
    return _named(BOOKS, kind)(settings)


def open_api_books(kind: str, settings: BooksSettings, access: Access) -> ApiBooks:
    """The package of this kind, that answers. Raises ValueError as `open_books` does."""
    return _named(API_BOOKS, kind)(settings, access)


def consent_for(kind: str, settings: BooksSettings, access: Access) -> OwnerConsent:
    """How the owner of an administration gives access to it. Raises ValueError as `open_books` does."""
    return _named(CONSENTS, kind)(settings, access)


def _named(packages: dict[str, Package], kind: str) -> Package:
    if kind not in packages:
        raise ValueError(f"unknown books {kind!r}; known are: {', '.join(sorted(packages))}")
    return packages[kind]
