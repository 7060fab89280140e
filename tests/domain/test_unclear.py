"""Sent without an answer: adopted only when equal, sent again only when it is surely not there, else a person."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kloppend.domain.booked import BookedInvoice
from kloppend.domain.unclear import (
    LOOK_UPS_AFTER,
    Adopt,
    AskPerson,
    LookAgain,
    SendAgain,
    Sent,
    next_step,
    proves_look_up,
)

SENT_AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = SENT_AT + timedelta(hours=2)
SENT = Sent(
    order="1042",
    reference="#AAAAAA-1042.",
    debtor_number="10501",
    invoice_date=date(2026, 11, 24),
    gross=Decimal("29.85"),
)
EQUAL = BookedInvoice(
    external_id="9001",
    reference=SENT.reference,
    debtor_number=SENT.debtor_number,
    invoice_date=SENT.invoice_date,
    gross=SENT.gross,
)
NEAR: list[dict[str, Any]] = [
    {"debtor_number": "10502"},
    {"invoice_date": date(2026, 11, 25)},
    {"invoice_date": None},
    {"gross": Decimal("29.86")},
]


def step(*found: BookedInvoice, at: datetime = LATER, complete: bool = True, proved: bool = True) -> object:
    return next_step(SENT, SENT_AT, found, complete=complete, proved=proved, at=at)


def asked(result: object) -> str:
    assert isinstance(result, AskPerson)
    return result.problem.code


def test_an_equal_invoice_is_adopted_at_any_time_and_without_proof() -> None:
    assert step(EQUAL, at=SENT_AT, complete=False, proved=False) == Adopt("9001")
    assert step(EQUAL) == Adopt("9001")


@pytest.mark.parametrize("other", NEAR)
def test_a_near_match_is_for_a_person(other: dict[str, Any]) -> None:
    assert asked(step(replace(EQUAL, **other))) == "BOOKED_NEARLY_THE_SAME"
    assert asked(step(replace(EQUAL, **other), at=SENT_AT)) == "BOOKED_NEARLY_THE_SAME"


def test_two_are_for_a_person_even_when_one_is_equal() -> None:
    assert asked(step(EQUAL, replace(EQUAL, external_id="9002"))) == "BOOKED_TWICE"
    assert asked(step(EQUAL, replace(EQUAL, external_id="9002", gross=Decimal(1)))) == "BOOKED_TWICE"


def test_another_reference_is_another_order() -> None:
    assert step(replace(EQUAL, reference="#AAAAAA-104.")) == SendAgain()


def test_ours_among_other_marks_is_for_a_person() -> None:
    """Invoices that somebody put together carry several references: none of them can be told from the whole."""
    assert asked(step(replace(EQUAL, reference=""))) == "BOOKED_NEARLY_THE_SAME"
    assert asked(step(EQUAL, replace(EQUAL, external_id="9002", reference=""))) == "BOOKED_TWICE"


def test_it_waits_for_all_look_ups_before_sending_again() -> None:
    seen, at = [], SENT_AT
    for _ in LOOK_UPS_AFTER:
        result = step(at=at)
        assert isinstance(result, LookAgain)
        at = result.at
        seen.append(at - SENT_AT)
    assert tuple(seen) == LOOK_UPS_AFTER
    assert step(at=at) == SendAgain()


@pytest.mark.parametrize(("complete", "proved"), [(False, True), (True, False), (False, False)])
def test_without_proof_nothing_is_sent_again(complete: bool, proved: bool) -> None:
    assert asked(step(complete=complete, proved=proved)) == "BOOKED_OR_NOT_UNKNOWN"


@given(
    found=st.lists(st.sampled_from([EQUAL, *(replace(EQUAL, **other) for other in NEAR)]), max_size=3),
    minutes=st.integers(0, 200),
    complete=st.booleans(),
    proved=st.booleans(),
)
def test_it_is_never_sent_again_when_anything_of_ours_is_there(
    found: list[BookedInvoice], minutes: int, complete: bool, proved: bool
) -> None:
    result = step(*found, at=SENT_AT + timedelta(minutes=minutes), complete=complete, proved=proved)
    if isinstance(result, SendAgain):
        assert not found
        assert complete
        assert proved
        assert minutes >= 60
    if isinstance(result, Adopt):
        assert found == [EQUAL]


def test_what_proves_a_look_up() -> None:
    assert proves_look_up(SENT, "9001", [EQUAL])
    assert proves_look_up(SENT, "9001", [EQUAL, replace(EQUAL, reference="")])
    assert not proves_look_up(SENT, "9001", [])
    assert not proves_look_up(SENT, "9002", [EQUAL])
    assert not proves_look_up(SENT, "9001", [replace(EQUAL, gross=Decimal(1))])
    assert not proves_look_up(SENT, "9001", [EQUAL, replace(EQUAL, external_id="9002")])
