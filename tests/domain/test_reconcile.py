"""The check afterwards: equal is silent, two cents are noted, three reported, a customer named by what differs."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kloppend.domain.booked import BookedDebtor, BookedInvoice, BookedVat
from kloppend.domain.reconcile import compare
from tests.books.documents import INVOICED, document

EACH = document("V02")


def booked(**changes: Any) -> BookedInvoice:
    invoice, debtor = EACH.invoice, EACH.debtor
    plain = BookedInvoice(
        external_id="9001",
        reference="#AAAAAA-1002.",
        debtor_number="10501",
        invoice_date=EACH.invoice_date,
        gross=invoice.total_inc_vat,
        net=invoice.total_ex_vat,
        vat=invoice.total_vat,
        status="concept",
        vat_by_code=(BookedVat(vat_code="1", base=Decimal("41.32"), vat=Decimal("8.68")),),
        debtor=BookedDebtor(number="10501", email=debtor.email, name=debtor.name, country="NL"),
    )
    return replace(plain, **changes)


def found(actual: BookedInvoice | None, **more: Any) -> list[tuple[str, str]]:
    problems = compare(EACH, actual, debtor_number="10501", **more)
    return [(problem.code, problem.detail.get("what", "")) for problem in problems]


def test_equal_is_silent() -> None:
    assert found(booked()) == []
    assert found(booked(net=None, vat=None, invoice_date=None, debtor=None)) == []


def test_gone_is_said() -> None:
    assert found(None) == [("BOOKED_INVOICE_GONE", "")]


@pytest.mark.parametrize(
    ("difference", "code"),
    [("0.01", "BOOKED_CENTS_DIFFER"), ("-0.02", "BOOKED_CENTS_DIFFER"), ("0.03", "BOOKED_AMOUNT_DIFFERS"),
     ("-0.03", "BOOKED_AMOUNT_DIFFERS"), ("100", "BOOKED_AMOUNT_DIFFERS")],
)  # fmt: skip
def test_how_much_is_too_much(difference: str, code: str) -> None:
    total = EACH.invoice.total_inc_vat + Decimal(difference)
    assert found(booked(gross=total)) == [(code, "total including VAT")]
    (problem,) = compare(EACH, booked(gross=total), debtor_number="10501")
    assert (problem.detail["ours"], problem.detail["theirs"]) == ("63.47", f"{total:.2f}")


def test_net_and_vat_that_shift_between_each_other_are_seen() -> None:
    shifted = booked(net=EACH.invoice.total_ex_vat + 1, vat=EACH.invoice.total_vat - 1)
    assert [what for _, what in found(shifted)] == ["total excluding VAT", "VAT"]


def test_vat_per_code_is_compared_where_it_is_known() -> None:
    sent = {"1": (Decimal("41.32"), Decimal("8.68"))}
    assert found(booked(), vat_codes=sent) == []
    moved = {"2": sent["1"]}
    assert {what for _, what in found(booked(), vat_codes=moved)} == {
        "base of VAT code 1", "VAT of VAT code 1", "base of VAT code 2", "VAT of VAT code 2",
    }  # fmt: skip


def test_another_debtor_or_date_is_reported_with_both_sides() -> None:
    problems = compare(EACH, booked(debtor_number="7", invoice_date=None), debtor_number="10501")
    assert [(p.detail["what"], p.detail["ours"], p.detail["theirs"]) for p in problems] == [("debtor", "10501", "7")]


@pytest.mark.parametrize(
    ("change", "what"),
    [({"email": "other@example.com"}, "e-mail"), ({"country": "BE"}, "country"), ({"vat_number": "NL1"}, "VAT number"),
     ({"name": "Iemand"}, "name")],
)  # fmt: skip
def test_a_customer_that_differs_is_named_by_field_and_never_by_content(change: dict[str, str], what: str) -> None:
    debtor = replace(booked().debtor or BookedDebtor(number="10501"), **change)
    assert found(booked(debtor=debtor)) == [("BOOKED_CUSTOMER_DIFFERS", what)]
    (problem,) = compare(EACH, booked(debtor=debtor), debtor_number="10501")
    assert not {"Iemand", "other@example.com", EACH.debtor.name} & set(problem.detail.values())
    assert found(booked(debtor=debtor), individual=False) == []


@pytest.mark.parametrize("spelling", [" ANNA@example.com", "Anna@Example.Com "])
def test_spelling_of_an_address_is_no_difference(spelling: str) -> None:
    debtor = BookedDebtor(number="10501", email=spelling, name="anna  JANSEN", country="nl")
    assert found(booked(debtor=debtor)) == []


def test_a_rounding_amount_is_part_of_what_carries_no_vat() -> None:
    each = document("V19")
    assert each.invoice.rounding
    invoice = each.invoice
    back = booked(gross=invoice.total_inc_vat, net=invoice.total_ex_vat + invoice.rounding, vat=invoice.total_vat)
    assert compare(each, back, debtor_number="10501") == ()
    assert len(INVOICED) > 15
