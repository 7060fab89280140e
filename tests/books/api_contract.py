"""What every adapter of books that answer must do. An adapter's test inherits this class and fills in `rig`: the books,
opened, and somebody behind them who can see what was booked and lose questions and answers."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol

import pytest

from kloppend.books.port import Accepted, ApiBooks, BooksTrouble, NotSent, Rejected, Unclear
from kloppend.domain.invoice import Document
from kloppend.domain.problems import CATALOGUE
from kloppend.domain.reconcile import compare
from kloppend.domain.reference import reference_of

from .documents import INVOICED, credit_of, document

SHOP = "shop-of-the-contract"


class Rig(Protocol):
    """Both sides of the books."""

    @property
    def books(self) -> ApiBooks: ...
    @property
    def invoices(self) -> Sequence[dict[str, Any]]: ...
    @property
    def debtors(self) -> Sequence[dict[str, Any]]: ...
    def lose_answers(self) -> None: ...
    def lose_requests(self) -> None: ...
    def heal(self) -> None: ...


def debtor_of(books: ApiBooks, each: Document) -> str:
    found = books.find_debtor(each)
    if found:
        return found.number
    made = books.create_debtor(each)
    assert isinstance(made, Accepted)
    return made.external_id


def booked(books: ApiBooks, each: Document) -> tuple[str, str, str]:
    """Book it; the id, the debtor and the reference."""
    debtor, reference = debtor_of(books, each), reference_of(SHOP, each.order_number)
    outcome = books.post(each, debtor, reference)
    assert isinstance(outcome, Accepted), outcome
    return outcome.external_id, debtor, reference


class ApiBooksContract:
    """The promises of books.port.ApiBooks."""

    @pytest.fixture
    def rig(self) -> Rig | Iterator[Rig]:
        raise NotImplementedError

    @pytest.fixture
    def books(self, rig: Rig) -> ApiBooks:
        return rig.books

    def test_offers_what_can_be_chosen(self, books: ApiBooks) -> None:
        data = books.master_data()
        for choices in (books.administrations(), data.vat_codes, data.journals, data.ledger_accounts):
            assert choices
            assert all(each.id and each.name for each in choices)

    @pytest.mark.parametrize("case_id", INVOICED)
    def test_what_is_carried_comes_back_equal(self, books: ApiBooks, case_id: str) -> None:
        each = document(case_id)
        problem = books.cannot_carry(each)
        if problem:
            assert problem.entry.kind in ("hold", "refusal")
            return
        external_id, debtor, reference = booked(books, each)
        back = books.read_back(external_id)
        assert back
        assert (back.reference, back.gross) == (reference, each.invoice.total_inc_vat)
        assert compare(each, back, debtor_number=debtor) == ()

    def test_what_is_not_carried_is_not_posted(self, rig: Rig, books: ApiBooks) -> None:
        for case_id in INVOICED:
            each = document(case_id)
            held = books.cannot_carry(each)
            if held:
                assert books.post(each, "1", reference_of(SHOP, each.order_number)) == Rejected(held)
        assert not rig.invoices

    def test_every_problem_has_its_text_and_no_name(self, books: ApiBooks) -> None:
        for problem in filter(None, (books.cannot_carry(document(case_id)) for case_id in INVOICED)):
            assert problem.code in CATALOGUE
            assert "{" not in problem.text("nl").cause
            assert "@" not in " ".join(problem.detail.values())

    def test_a_customer_is_created_once_and_known_by_e_mail(self, rig: Rig, books: ApiBooks) -> None:
        each = document("V01")
        assert books.find_debtor(each) is None
        first = debtor_of(books, each)
        assert debtor_of(books, document("V02")) == first
        assert len(rig.debtors) == 1

    def test_a_trial_keeps_nothing(self, rig: Rig, books: ApiBooks) -> None:
        each = document("V01")
        debtor, reference = debtor_of(books, each), reference_of(SHOP, each.order_number)
        assert books.validate(each, debtor, reference) == Accepted("")
        assert isinstance(books.validate(each, "999999", reference), Rejected)
        assert not rig.invoices

    def test_a_look_up_finds_its_own_and_no_other(self, books: ApiBooks) -> None:
        first = booked(books, document("V01", order_number="104"))
        second = booked(books, document("V02", order_number="1042"))
        for external_id, _, reference in (first, second):
            search = books.look_up(reference)
            assert [each.external_id for each in search.found] == [external_id]
            assert search.complete
        assert books.look_up(reference_of(SHOP, "10")).found == ()

    def test_a_credit_note_mirrors_its_invoice(self, books: ApiBooks) -> None:
        each = document("V02")
        external_id, debtor, _ = booked(books, each)
        credit, reference = credit_of(each), reference_of(SHOP, each.order_number, credit=1)
        if books.cannot_carry(credit):
            return
        outcome = books.post_credit(credit, debtor, reference, external_id)
        assert isinstance(outcome, Accepted)
        back = books.read_back(outcome.external_id)
        assert back
        assert back.gross == -each.invoice.total_inc_vat
        assert compare(credit, back, debtor_number=debtor) == ()

    def test_what_is_gone_is_none(self, books: ApiBooks) -> None:
        assert books.read_back("987654") is None

    def test_a_pdf_can_go_along(self, books: ApiBooks) -> None:
        external_id, _, _ = booked(books, document("V01"))
        assert isinstance(books.attach(external_id, "factuur 1.pdf", b"%PDF-1.4 --"), Accepted)

    def test_without_an_answer_it_is_unclear_and_never_rejected(self, rig: Rig, books: ApiBooks) -> None:
        each = document("V01")
        debtor, reference = debtor_of(books, each), reference_of(SHOP, each.order_number)
        for lose, count in ((rig.lose_requests, 0), (rig.lose_answers, 1)):
            lose()
            outcome = books.post(each, debtor, reference)
            assert isinstance(outcome, Unclear)
            assert outcome.problem.detail["order"] == each.order_number
            rig.heal()
            assert len(books.look_up(reference).found) == len(rig.invoices) == count

    def test_without_an_answer_reading_is_trouble_and_a_trial_was_not_sent(self, rig: Rig, books: ApiBooks) -> None:
        each = document("V01")
        debtor, reference = debtor_of(books, each), reference_of(SHOP, each.order_number)
        reads: list[Callable[[], object]] = [
            books.administrations,
            books.master_data,
            lambda: books.find_debtor(each),
            lambda: books.look_up(reference),
            lambda: books.read_back("1"),
        ]
        for lose in (rig.lose_requests, rig.lose_answers):
            lose()
            for read in reads:
                with pytest.raises(BooksTrouble) as trouble:
                    read()
                assert trouble.value.problem.entry.kind == "fault"
            assert isinstance(books.validate(each, debtor, reference), NotSent)
            assert isinstance(books.attach("1", "x.pdf", b""), Unclear)
            rig.heal()

    def test_a_debtor_whose_answer_got_lost_is_found_again(self, rig: Rig, books: ApiBooks) -> None:
        each = document("V01")
        rig.lose_answers()
        assert isinstance(books.create_debtor(each), Unclear)
        rig.heal()
        assert books.find_debtor(each)
        assert len(rig.debtors) == 1
