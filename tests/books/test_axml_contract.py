"""The aXML channel keeps the promises of the port, with the shipped profile and with a very different one."""

from collections.abc import Sequence

import pytest

from kloppend.books.port import BooksSettings, FileBooks
from kloppend.books.registry import open_books
from kloppend.domain.invoice import Document

from .contract import FileBooksContract
from .documents import document
from .profiles import CUSTOM


class TestPlaceholderProfile(FileBooksContract):
    @pytest.fixture
    def books(self) -> FileBooks:
        return open_books("asperion_axml", BooksSettings(administration="A-123"))

    @pytest.fixture
    def carried(self) -> Sequence[Document]:
        return [document(case_id) for case_id in ("V01", "V02", "V08", "V11", "V22", "V26")]


class TestCustomProfile(FileBooksContract):
    @pytest.fixture
    def books(self) -> FileBooks:
        return open_books("asperion_axml", BooksSettings(administration="A-123", options={"profile_toml": CUSTOM}))

    @pytest.fixture
    def carried(self) -> Sequence[Document]:
        return [document(case_id) for case_id in ("V02", "V06", "V13", "V19", "V24")]


def test_unknown_books_are_refused() -> None:
    with pytest.raises(ValueError, match="asperion_axml"):
        open_books("asperoin", BooksSettings(administration=""))
