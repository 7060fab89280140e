"""What every adapter of books that take files must do. An adapter's test inherits this class and fills in the two
fixtures: `books` opened with working settings, and `carried`: documents that it can carry."""

from collections.abc import Sequence

import pytest

from kloppend.books.port import FileBooks, FileHeading
from kloppend.domain.invoice import Document
from kloppend.domain.problems import CATALOGUE

from .documents import HEADING, INVOICED, document


class FileBooksContract:
    """The promises of books.port.FileBooks, in the order of its methods."""

    @pytest.fixture
    def books(self) -> FileBooks:
        raise NotImplementedError

    @pytest.fixture
    def carried(self) -> Sequence[Document]:
        raise NotImplementedError

    @pytest.fixture
    def heading(self) -> FileHeading:
        return HEADING

    def test_says_of_every_worked_case_whether_it_can_be_carried(self, books: FileBooks) -> None:
        for case_id in INVOICED:
            problem = books.cannot_carry(document(case_id))
            assert problem is None or problem.entry.kind in ("hold", "refusal")

    def test_every_problem_has_its_text(self, books: FileBooks, carried: Sequence[Document]) -> None:
        held = [books.cannot_carry(document(case_id)) for case_id in INVOICED]
        notes = books.render(HEADING, carried).notes
        for problem in [*filter(None, held), *notes]:
            assert problem.code in CATALOGUE
            assert "{" not in problem.text("nl").cause + problem.text("en").fix

    def test_never_tells_a_name_or_an_address_in_a_problem(self, books: FileBooks) -> None:
        for case_id in INVOICED:
            problem = books.cannot_carry(document(case_id))
            said = " ".join(problem.detail.values()) if problem else ""
            assert "Anna" not in said
            assert "@" not in said

    def test_carries_what_it_says_it_carries(self, books: FileBooks, carried: Sequence[Document]) -> None:
        assert [books.cannot_carry(each) for each in carried] == [None] * len(carried)

    def test_same_input_same_bytes(self, books: FileBooks, heading: FileHeading, carried: Sequence[Document]) -> None:
        assert books.render(heading, carried) == books.render(heading, list(carried))

    def test_the_name_is_a_plain_file_name(self, books: FileBooks, carried: Sequence[Document]) -> None:
        for shop_name in ("Thee & Zo", "../../etc/passwd", "", "店", "con", 'a"b\nc'):
            heading = FileHeading(administration="", shop_name=shop_name, business_date=HEADING.business_date, number=3)
            name = books.render(heading, carried).name
            assert name == name.strip(". ")
            assert set(name) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.")

    def test_two_files_never_share_a_name(self, books: FileBooks, carried: Sequence[Document]) -> None:
        numbers = range(1, 5)
        headings = [
            FileHeading(administration="", shop_name="x", business_date=HEADING.business_date, number=number)
            for number in numbers
        ]
        assert len({books.render(heading, carried).name for heading in headings}) == len(numbers)

    def test_what_it_makes_adds_up(self, books: FileBooks, heading: FileHeading, carried: Sequence[Document]) -> None:
        assert books.check(books.render(heading, carried).content, carried) == ()
        for each in carried:
            assert books.check(books.render(heading, [each]).content, [each]) == ()

    def test_a_missing_or_doubled_document_is_found(
        self, books: FileBooks, heading: FileHeading, carried: Sequence[Document]
    ) -> None:
        content = books.render(heading, carried).content
        assert books.check(content, carried[:-1])
        assert books.check(content, [*carried, carried[0]])
        assert books.check(books.render(heading, [*carried, carried[0]]).content, carried)

    def test_documents_that_no_file_can_hold_are_found(
        self, books: FileBooks, heading: FileHeading, carried: Sequence[Document]
    ) -> None:
        content = books.render(heading, carried[:1]).content
        for case_id in INVOICED:
            if document(case_id) != carried[0]:
                assert books.check(content, [document(case_id)])

    def test_another_order_of_documents_is_found(
        self, books: FileBooks, heading: FileHeading, carried: Sequence[Document]
    ) -> None:
        assert books.check(books.render(heading, carried).content, list(reversed(carried)))

    def test_cut_off_bytes_are_found(self, books: FileBooks, heading: FileHeading, carried: Sequence[Document]) -> None:
        content = books.render(heading, carried).content
        assert books.check(content[: len(content) // 2], carried)
        assert books.check(b"", carried)
