"""What can go wrong between us and Asperion's REST API, and what then is and is not in the books."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kloppend.books.asperion.rest.answers import rejection
from kloppend.books.asperion.rest.payload import encode
from kloppend.books.asperion.simulator import Fault
from kloppend.books.asperion.simulator.administration import PAID
from kloppend.books.port import Accepted, BooksSettings, BooksTrouble, NotSent, Rejected, Unclear
from kloppend.books.registry import open_api_books
from kloppend.domain.problems import Refused
from kloppend.domain.reconcile import compare
from kloppend.domain.reference import reference_of
from kloppend.outside.http import Answer, GuardedClient

from .api_contract import booked, debtor_of
from .asperion_rig import HASTY, AsperionRig, asperion_rig
from .documents import document

REFERENCE = reference_of("shop", "1001")
INVOICES = "/v1/salesinvoiceswithlines"


@pytest.fixture
def rig() -> Iterator[AsperionRig]:
    with asperion_rig() as rig:
        yield rig


def add_debtor(rig: AsperionRig, email: str, **more: Any) -> str:
    row = {"name": "A", "address": "B 1", "debtorKindId": "1", "emailAddress": email, **more}
    return str(rig.administration.add_debtor(row)["customerNumber"])


# The body


def test_the_concept_says_what_the_order_said(rig: AsperionRig) -> None:
    booked(rig.books, document("V02"))
    (invoice,) = rig.invoices
    assert invoice["status"] == 1
    assert invoice["invoiceNumber"] == ""
    assert invoice["description"].startswith("Bestelling 1002 #")
    assert (invoice["journalId"], invoice["paymentConditionId"], invoice["date"]) == ("70", 2, "2026-11-23T00:00:00")
    first = invoice["lines"][0]
    assert {name: first[name] for name in ("amount", "vatAmount", "vatCode", "ledgerAccountId")} == {
        "amount": Decimal("41.32"), "vatAmount": Decimal("8.68"), "vatCode": "1", "ledgerAccountId": 8000,
    }  # fmt: skip
    (debtor,) = rig.debtors
    assert debtor["emailAddress"] == "anna@example.com"
    assert debtor["address"] == "Dorpsstraat 1"


def test_amounts_are_exact_numbers() -> None:
    assert encode({"amount": Decimal("0.10"), "vat": Decimal("-1234567.89")}) == b'{"amount":0.10,"vat":-1234567.89}'


def test_every_call_names_the_administration(rig: AsperionRig) -> None:
    external_id, _, _ = booked(rig.books, document("V01"))
    rig.books.master_data()
    rig.books.attach(external_id, "x.pdf", b"%PDF")
    assert not rig.asperion.administrations[0].invoices
    assert not rig.asperion.administrations[0].debtors


def test_without_an_administration_only_the_list_of_them_can_be_asked(rig: AsperionRig) -> None:
    books = rig.connected(administration="")
    assert [each.id for each in books.administrations()] == ["101", "102"]
    with pytest.raises(ValueError, match="no administration"):
        books.post(document("V01"), "1", REFERENCE)
    with pytest.raises(ValueError, match="no administration"):
        books.master_data()


def test_lines_can_be_sent_as_a_plain_list_and_with_a_period(rig: AsperionRig) -> None:
    booked(rig.connected(lines_as="list", period="of_the_date"), document("V01"))
    assert rig.invoices[0]["bookyear"] == 2026
    assert rig.invoices[0]["bookperiod"] == 11


@pytest.mark.parametrize(
    ("case_id", "options", "code"),
    [
        ("V01", {"journal": ""}, "BOOKS_SETTING_MISSING"),
        ("V01", {"debtor_kind": ""}, "BOOKS_SETTING_MISSING"),
        ("V01", {"vat": []}, "VAT_CODE_NOT_MAPPED"),
        ("V19", {"rounding": None}, "ROUNDING_NOT_DECLARED"),
        ("V06", {"voucher_payments": "hold"}, "PAYMENT_NOT_DECLARED"),
    ],
)
def test_what_the_settings_do_not_declare_is_held(
    rig: AsperionRig, case_id: str, options: dict[str, Any], code: str
) -> None:
    problem = rig.connected(**options).cannot_carry(document(case_id))
    assert problem
    assert problem.code == code


def test_foreign_vat_needs_a_row_for_that_country(rig: AsperionRig) -> None:
    oss = document("V17")
    rates = {str(line.vat_rate) for line in oss.invoice.lines}
    row = {"treatment": "oss", "category": "S", "vat_code": "1", "ledger_account": 8050}

    def held(country: str) -> bool:
        problem = rig.connected(vat=[{**row, "rate": rate, "country": country} for rate in rates]).cannot_carry(oss)
        assert problem is None or problem.code == "VAT_CODE_NOT_MAPPED"
        return problem is not None

    assert held("")
    assert held("FR")
    assert not held("BE")


def test_a_vat_row_holds_from_its_first_day_to_its_last(rig: AsperionRig) -> None:
    row = {"treatment": "domestic", "category": "S", "rate": "21", "vat_code": "1", "ledger_account": 8000}
    for period, carried in (
        ({"from": "2026-11-23", "until": "2026-11-23"}, True),
        ({"from": "2026-11-24"}, False),
        ({"until": "2026-11-22"}, False),
    ):
        assert (rig.connected(vat=[row | period]).cannot_carry(document("V01")) is None) is carried


@pytest.mark.parametrize(
    "options",
    [
        {"api": "http://asperion.example"},
        {"administration": "abc"},
        {"no_such_option": 1},
        {"page_size": 0},
        {"vat": [{"rate": "x"}]},
    ],
)
def test_settings_that_cannot_work_are_refused(rig: AsperionRig, options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        rig.connected(**options)


def test_the_registry_opens_it(rig: AsperionRig) -> None:
    options = {"api": rig.server.address, "identity": rig.server.address}
    books = open_api_books("asperion_rest", BooksSettings(administration="102", options=options), rig.access())
    assert len(books.administrations()) == 2


# Debtors


def test_an_address_that_merely_contains_ours_is_another_customer(rig: AsperionRig) -> None:
    add_debtor(rig, "joanna@example.com")
    assert rig.books.find_debtor(document("V01")) is None
    ours = add_debtor(rig, " Anna@Example.COM ")
    found = rig.books.find_debtor(document("V01"))
    assert found
    assert (found.number, found.notes) == (ours, ())


def test_of_several_the_oldest_that_is_not_blocked_is_taken_and_said(rig: AsperionRig) -> None:
    add_debtor(rig, "anna@example.com", blocked=True)
    second = add_debtor(rig, "anna@example.com")
    add_debtor(rig, "anna@example.com")
    found = rig.books.find_debtor(document("V01"))
    assert found
    assert found.number == second
    assert [(note.code, note.detail["count"]) for note in found.notes] == [("DEBTOR_AMBIGUOUS", "2")]


def test_a_known_debtor_is_never_changed(rig: AsperionRig) -> None:
    add_debtor(rig, "anna@example.com", name="Anders", city="Elders")
    before = [dict(row) for row in rig.debtors]
    booked(rig.books, document("V01"))
    assert rig.debtors == before


def test_a_blocked_debtor_holds_the_order(rig: AsperionRig) -> None:
    add_debtor(rig, "anna@example.com", blocked=True)
    with pytest.raises(Refused) as refused:
        rig.books.find_debtor(document("V01"))
    assert refused.value.problem.code == "DEBTOR_BLOCKED"


@pytest.mark.parametrize("theirs", ["", "BE0111111111"])
def test_a_supply_within_the_eu_needs_a_debtor_with_that_vat_number(rig: AsperionRig, theirs: str) -> None:
    add_debtor(rig, "anna@be.example.com", vatNumber=theirs)
    with pytest.raises(Refused) as refused:
        rig.books.find_debtor(document("V13"))
    assert refused.value.problem.code == "DEBTOR_VAT_NUMBER_DIFFERS"
    ours = add_debtor(rig, "anna@be.example.com", vatNumber="be 0999.999.922")
    found = rig.books.find_debtor(document("V13"))
    assert found
    assert found.number == ours


def test_a_fixed_debtor_per_payment_method_but_never_for_a_supply_within_the_eu(rig: AsperionRig) -> None:
    fixed = add_debtor(rig, "", name="Webshop iDEAL")
    books = rig.connected(fixed_debtors={"IDEAL": fixed})
    found = books.find_debtor(document("V01"))
    assert found
    assert found.number == fixed
    assert books.find_debtor(document("V13")) is None


def test_a_guest_without_e_mail_waits_unless_a_debtor_was_named(rig: AsperionRig) -> None:
    plain = document("V01")
    guest = replace(plain, debtor=replace(plain.debtor, email=" "))
    problem = rig.books.cannot_carry(guest)
    assert problem
    assert problem.code == "CUSTOMER_WITHOUT_EMAIL"
    number = add_debtor(rig, "", name="Gasten")
    found = rig.books.find_debtor(replace(guest, debtor=replace(guest.debtor, number=number)))
    assert found
    assert found.number == number
    icp = document("V13")
    problem = rig.books.cannot_carry(replace(icp, debtor=replace(icp.debtor, email="")))
    assert problem
    assert problem.code == "DEBTOR_MUST_BE_INDIVIDUAL"


def test_no_debtor_is_made_while_not_all_were_seen(rig: AsperionRig) -> None:
    for index in range(30):
        add_debtor(rig, f"a{index}@example.com")
    rig.asperion.faults.switch_on(Fault.FILTERS_IGNORED)
    with pytest.raises(BooksTrouble) as trouble:
        rig.connected(page_size=10, most_pages=2).find_debtor(document("V01"))
    assert trouble.value.problem.code == "BOOKS_SEARCH_INCOMPLETE"
    assert rig.connected(page_size=10, most_pages=4).find_debtor(document("V01")) is None


# Trouble on the way


@pytest.mark.parametrize(
    ("fault", "in_the_books"), [(Fault.ERROR_BEFORE, 0), (Fault.ERROR_AFTER, 1), (Fault.NOT_JSON, 1)]
)
def test_an_answer_that_says_nothing_is_unclear(rig: AsperionRig, fault: Fault, in_the_books: int) -> None:
    debtor = debtor_of(rig.books, document("V01"))
    rig.asperion.faults.switch_on(fault, INVOICES)
    assert isinstance(rig.books.post(document("V01"), debtor, REFERENCE), Unclear)
    assert len(rig.invoices) == in_the_books
    assert rig.asperion.requests[f"POST {INVOICES}"] == 1


def test_booked_late_is_found_later(rig: AsperionRig) -> None:
    debtor = debtor_of(rig.books, document("V01"))
    rig.asperion.faults.switch_on(Fault.BOOKED_LATE, "300")
    assert isinstance(rig.books.post(document("V01"), debtor, REFERENCE), Unclear)
    rig.heal()
    assert rig.books.look_up(REFERENCE).found == ()
    rig.asperion.clock_offset = 301
    assert len(rig.books.look_up(REFERENCE).found) == 1


def test_too_many_requests_is_not_sent_and_says_how_long_to_wait(rig: AsperionRig) -> None:
    debtor = debtor_of(rig.books, document("V01"))
    rig.asperion.faults.switch_on(Fault.TOO_MANY, "7")
    outcome = rig.books.post(document("V01"), debtor, REFERENCE)
    assert isinstance(outcome, NotSent)
    assert (outcome.problem.code, outcome.retry_after) == ("BOOKS_BUSY", 7.0)
    assert not rig.invoices


def test_a_read_waits_as_long_as_it_is_told(rig: AsperionRig) -> None:
    rig.asperion.faults.switch_on(Fault.TOO_MANY, "0", times=2)
    assert rig.connected(attempts=3).administrations()
    rig.asperion.faults.switch_on(Fault.TOO_MANY, "3600")
    with pytest.raises(BooksTrouble) as trouble:
        rig.connected(attempts=3).administrations()
    assert (trouble.value.problem.code, trouble.value.retry_after) == ("BOOKS_BUSY", 3600.0)


def test_a_read_is_tried_again_and_a_write_is_not(rig: AsperionRig) -> None:
    books = rig.connected(attempts=3)
    rig.asperion.faults.switch_on(Fault.ERROR_BEFORE, "journals", times=2)
    assert books.master_data().journals
    rig.asperion.faults.switch_on(Fault.ERROR_BEFORE, "debtors")
    assert isinstance(books.create_debtor(document("V01")), Unclear)
    assert rig.asperion.requests["POST /v1/debtors"] == 1


@pytest.mark.parametrize("path", ["/v1/debtors", INVOICES, "/file", "/connect/token"])
def test_silence_in_the_middle_of_a_call_is_no_answer(path: str) -> None:
    with asperion_rig(hang=30) as rig:
        each = document("V01")
        external_id, debtor, _ = booked(rig.books, each)
        rig.lose_answers(path)
        hasty = rig.connected(HASTY)
        if path == "/connect/token":
            rig.asperion.faults.switch_on(Fault.ACCESS_EXPIRED, times=1)
            assert isinstance(hasty.post(each, debtor, REFERENCE), NotSent)
        elif path == "/file":
            assert isinstance(hasty.attach(external_id, "x.pdf", b"%PDF"), Unclear)
        elif path == INVOICES:
            assert isinstance(hasty.post(each, debtor, REFERENCE), Unclear)
            with pytest.raises(BooksTrouble):
                hasty.read_back(external_id)
        else:
            assert isinstance(hasty.create_debtor(document("V13")), Unclear)
            with pytest.raises(BooksTrouble):
                hasty.find_debtor(each)


def test_a_slow_answer_is_still_an_answer(rig: AsperionRig) -> None:
    rig.asperion.faults.switch_on(Fault.SLOW, "0.05")
    booked(rig.books, document("V01"))


def test_a_refusal_says_why_without_names(rig: AsperionRig) -> None:
    outcome = rig.books.post(document("V01"), "424242", REFERENCE)
    assert isinstance(outcome, Rejected)
    assert outcome.problem.code == "BOOKS_REJECTED"
    assert "DebtorCustomerNumber" in outcome.problem.detail["what"]
    assert outcome.problem.detail["trace"] != "-"
    plain = document("V01")
    nameless = replace(plain, debtor=replace(plain.debtor, address=replace(plain.debtor.address, street="")))
    assert isinstance(rig.books.create_debtor(nameless), Rejected)


def test_what_the_customer_typed_is_taken_out_of_a_refusal() -> None:
    each = document("V01")
    said = {
        "title": "Anna Jansen is unknown",
        "traceId": "00-ab<script>",
        "errors": {"City": ["utrecht?", "x@y.example"]},
    }
    answer = Answer(status=400, headers={}, body=json.dumps(said).encode(), url="")
    detail = rejection(answer, each).detail
    assert detail == {"order": "1001", "what": "… is unknown; City: …? …", "trace": "00-abscript"}
    nothing = Answer(status=418, headers={}, body=b"<html>", url="")
    assert rejection(nothing, each).detail == {"order": "1001", "what": "418", "trace": "-"}


def test_gone_is_said_only_when_everything_was_seen(rig: AsperionRig) -> None:
    for case_id in ("V01", "V02", "V03"):
        booked(rig.books, document(case_id))
    rig.asperion.faults.switch_on(Fault.FILTERS_IGNORED)
    with pytest.raises(BooksTrouble) as trouble:
        rig.connected(page_size=1, most_pages=2).read_back("777")
    assert trouble.value.problem.code == "BOOKS_SEARCH_INCOMPLETE"
    assert rig.connected(page_size=1, most_pages=4).read_back("777") is None


def test_asperion_s_own_guard_against_doubles_is_a_refusal(rig: AsperionRig) -> None:
    rig.asperion.faults.switch_off(Fault.DUPLICATES_ACCEPTED)
    _, debtor, reference = booked(rig.books, document("V01"))
    assert isinstance(rig.books.post(document("V01"), debtor, reference), Rejected)
    assert len(rig.invoices) == 1


def test_an_administration_that_is_not_ours_is_refused(rig: AsperionRig) -> None:
    books = rig.connected(administration="999")
    with pytest.raises(BooksTrouble) as trouble:
        books.master_data()
    assert trouble.value.problem.code == "BOOKS_REFUSED_ACCESS"
    assert isinstance(books.post(document("V01"), "1", REFERENCE), Rejected)


def test_a_private_address_is_never_called() -> None:
    with asperion_rig() as rig, GuardedClient() as guarded:
        access = replace(rig.access(), http=guarded)
        settings = BooksSettings(administration="102", options={"api": rig.server.address, "journal": "70"})
        books = open_api_books("asperion_rest", settings, access)
        with pytest.raises(BooksTrouble):
            books.administrations()
    assert not rig.asperion.requests


# The check afterwards


def test_status_and_changes_are_seen(rig: AsperionRig) -> None:
    each = document("V01")
    external_id, debtor, _ = booked(rig.books, each)
    rig.invoices[0]["status"] = PAID
    rig.invoices[0]["amountInclVat"] += Decimal("0.02")
    back = rig.books.read_back(external_id)
    assert back
    assert back.status == "paid"
    assert [problem.code for problem in compare(each, back, debtor_number=debtor)] == ["BOOKED_CENTS_DIFFER"]


@pytest.mark.parametrize(
    "junk", ['{"_data": 1}', "[]", '{"_data": [1]}', '{"_data":[{}],"_meta":{"nextPage":"?page=x"}}']
)
def test_lists_of_another_shape_are_trouble(rig: AsperionRig, junk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from kloppend.books.asperion.simulator import api

    monkeypatch.setattr(api, "listing", lambda *_: json.loads(junk))
    with pytest.raises(BooksTrouble) as trouble:
        rig.books.administrations()
    assert trouble.value.problem.code == "BOOKS_ANSWER_INVALID"


def test_two_workers_book_in_peace(rig: AsperionRig) -> None:
    cases = ["V01", "V02", "V03", "V04"]
    debtor_of(rig.books, document("V01"))
    threads = [threading.Thread(target=booked, args=(rig.connected(), document(case_id))) for case_id in cases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rig.invoices) == len(cases)
    assert isinstance(rig.books.validate(document("V01"), rig.debtors[0]["customerNumber"], REFERENCE), Accepted)
