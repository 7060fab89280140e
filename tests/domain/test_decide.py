"""When an order becomes an invoice, and on which day."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from kloppend.domain.decide import DecideRules, Due, Skipped, Waiting, decide
from kloppend.domain.order import Customer, Order, StatusChange
from kloppend.domain.problems import Refused
from kloppend.domain.reasons import Reason
from tests.domain.orders import an_order

TODAY = date(2026, 11, 23)


def rules(**changes: Any) -> DecideRules:
    chosen: dict[str, Any] = {
        "trigger_statuses": frozenset({"3", "5"}),
        "cancel_statuses": frozenset({"7"}),
        "start_date": date(2026, 1, 1),
    }
    return DecideRules(**{**chosen, **changes})


def outcome(order: Order, *, already_booked: bool = False, **changes: Any) -> Any:
    return decide(order, rules(**changes), today=TODAY, already_booked=already_booked)


def changed(status: str, day: int, hour: int = 12) -> StatusChange:
    return StatusChange(status_id=status, at=datetime(2026, 11, day, hour, tzinfo=UTC))


def test_a_start_is_mandatory() -> None:
    with pytest.raises(ValueError, match="start"):
        rules(start_date=None)
    assert rules(start_date=None, start_order_number=1).start_order_number == 1


@pytest.mark.parametrize("zone", ["Europe/Nowhere", "", "../etc"])
def test_the_time_zone_must_exist(zone: str) -> None:
    with pytest.raises(ValueError, match="time zone"):
        rules(time_zone=zone)


def test_due_by_present_status_or_by_history() -> None:
    assert isinstance(outcome(an_order(status_id="5")), Due)
    shipped_then_archived = an_order(status_id="9", history=(changed("1", 20), changed("3", 21), changed("9", 22)))
    assert outcome(shipped_then_archived).triggered_at == changed("3", 21).at


def test_waiting_and_never_confirmed() -> None:
    assert outcome(an_order(status_id="1")) == Waiting(reason=Reason.TRIGGER_NOT_REACHED)
    abandoned = an_order(status_id="0", history=(changed("5", 21),))
    assert outcome(abandoned) == Waiting(reason=Reason.NOT_CONFIRMED)
    assert outcome(abandoned, trigger_statuses=frozenset({"0"})) == Waiting(reason=Reason.NOT_CONFIRMED)
    was_zero = an_order(status_id="1", history=(changed("0", 20),))
    assert isinstance(outcome(was_zero, trigger_statuses=frozenset({"0"})), Waiting)


def test_cancelled_wins_over_a_trigger_reached_before() -> None:
    assert outcome(an_order(status_id="7", history=(changed("5", 21),))) == Skipped(reason=Reason.CANCELLED)
    revived = an_order(status_id="5", history=(changed("7", 21),))
    assert isinstance(outcome(revived), Due)


def test_already_booked_is_skipped() -> None:
    assert outcome(an_order(), already_booked=True) == Skipped(reason=Reason.ALREADY_BOOKED)


@pytest.mark.parametrize(
    ("start", "skipped"),
    [
        ({"start_date": date(2026, 11, 20)}, False),
        ({"start_date": date(2026, 11, 21)}, True),
        ({"start_date": None, "start_order_number": 1001}, False),
        ({"start_date": None, "start_order_number": 1002}, True),
        ({"start_date": date(2026, 11, 20), "start_order_number": 1002}, True),
    ],
)
def test_orders_before_the_start_are_skipped(start: dict[str, Any], skipped: bool) -> None:
    assert (outcome(an_order(), **start) == Skipped(reason=Reason.BEFORE_START)) is skipped


def test_numbers_compare_as_numbers() -> None:
    assert isinstance(outcome(an_order(shop_order_id="1001"), start_order_number=99), Due)
    assert outcome(an_order(shop_order_id="A7"), start_order_number=1) == Skipped(reason=Reason.BEFORE_START)


@pytest.mark.parametrize(
    ("excluded", "skipped"),
    [
        ({"excluded_stores": frozenset({"0"})}, True),
        ({"excluded_stores": frozenset({"1"})}, False),
        ({"excluded_groups": frozenset({"4"})}, True),
        ({"excluded_payment_codes": frozenset({"mollie"})}, True),
        ({"excluded_payment_codes": frozenset({"mollie.ideal"})}, True),
        ({"excluded_payment_codes": frozenset({"mol", "mollie.ide", ""})}, False),
    ],
)
def test_exclusions(excluded: dict[str, Any], skipped: bool) -> None:
    order = an_order(customer=Customer(group_id="4"), payment_code="mollie.ideal")
    assert (outcome(order, **excluded) == Skipped(reason=Reason.EXCLUDED)) is skipped


def test_the_choice_of_invoice_date() -> None:
    order = an_order(status_id="9", history=(changed("5", 22), changed("3", 21)))
    assert outcome(order, invoice_date="order_date").invoice_date == date(2026, 11, 20)
    assert outcome(order, invoice_date="trigger_date").invoice_date == date(2026, 11, 21)
    assert outcome(order, invoice_date="sending_date").invoice_date == TODAY


def test_without_history_the_last_change_triggered() -> None:
    modified = datetime(2026, 11, 22, 8, tzinfo=UTC)
    assert outcome(an_order(modified_at=modified), invoice_date="trigger_date").triggered_at == modified


@pytest.mark.parametrize("modified", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2026, 11, 20, 9, 14, tzinfo=UTC)])
def test_no_order_triggers_before_it_was_placed(modified: datetime) -> None:
    due = outcome(an_order(modified_at=modified), invoice_date="trigger_date", books_closed_until=date(2026, 11, 19))
    assert due == Due(invoice_date=date(2026, 11, 20), triggered_at=an_order().placed_at)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2025, 12, 31, 22, 30, tzinfo=UTC), date(2025, 12, 31)),  # 23:30 in Amsterdam
        (datetime(2025, 12, 31, 23, 0, tzinfo=UTC), date(2026, 1, 1)),  # midnight in Amsterdam
        (datetime(2026, 6, 30, 21, 59, tzinfo=UTC), date(2026, 6, 30)),  # summer time: two hours ahead
        (datetime(2026, 6, 30, 22, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2026, 10, 24, 22, 0, tzinfo=UTC), date(2026, 10, 25)),  # the day summer time ends
        (datetime(2026, 10, 25, 22, 59, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 26)),
    ],
)
def test_days_are_those_of_the_merchant(moment: datetime, day: date) -> None:
    assert outcome(an_order(placed_at=moment), start_date=date(2020, 1, 1)).invoice_date == day


def test_another_time_zone_has_other_days() -> None:
    order = an_order(placed_at=datetime(2025, 12, 31, 22, 30, tzinfo=UTC))
    assert outcome(order, start_date=date(2020, 1, 1), time_zone="Asia/Tokyo").invoice_date == date(2026, 1, 1)


def test_a_closed_period_is_held_or_moved() -> None:
    closed = date(2026, 11, 20)
    with pytest.raises(Refused) as refused:
        outcome(an_order(), books_closed_until=closed)
    assert refused.value.problem.code == "PERIOD_CLOSED"
    assert refused.value.problem.entry.kind == "hold"
    moved = outcome(an_order(), books_closed_until=closed, closed_period="first_open_day")
    assert moved.invoice_date == date(2026, 11, 21)
    assert outcome(an_order(), books_closed_until=date(2026, 11, 19)).invoice_date == date(2026, 11, 20)


def test_books_closed_for_good_have_no_first_open_day() -> None:
    with pytest.raises(Refused, match="INVOICE_DATE_IN_FUTURE"):
        outcome(an_order(), books_closed_until=date.max, closed_period="first_open_day")


def test_a_closed_period_holds_nothing_that_is_not_due() -> None:
    assert isinstance(outcome(an_order(status_id="1"), books_closed_until=TODAY), Waiting)


def test_every_reason_has_words_in_both_languages() -> None:
    texts = {reason.text(language) for reason in Reason for language in ("nl", "en")}
    assert len(texts) == 2 * len(Reason)
    assert all(texts)


def test_an_invoice_date_in_the_future_is_held_until_that_day() -> None:
    order = an_order(status_id="5", placed_at=datetime(2026, 11, 25, 12, tzinfo=UTC))
    for chosen in ("order_date", "trigger_date"):
        with pytest.raises(Refused, match="INVOICE_DATE_IN_FUTURE"):
            outcome(order, invoice_date=chosen)
    assert outcome(order, invoice_date="sending_date").invoice_date == TODAY
    later = decide(order, rules(), today=date(2026, 11, 25), already_booked=False)
    assert isinstance(later, Due)
    with pytest.raises(Refused, match="INVOICE_DATE_IN_FUTURE"):
        outcome(an_order(status_id="5"), books_closed_until=date(2026, 11, 30), closed_period="first_open_day")
