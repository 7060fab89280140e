"""When the daily file and the hourly fetch are due, on ordinary days and on the two on which the clock is moved."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kloppend.records.models import Run, Timetable
from kloppend.sync.choices import Choices
from kloppend.sync.schedule import HOUR, file_is_due, file_moment, next_fetch, next_file, next_run, why_due

WINTER_ENDS, SUMMER_ENDS = date(2026, 3, 29), date(2026, 10, 25)
ZONES = ["Europe/Amsterdam", "America/Santiago", "Asia/Tokyo", "Australia/Lord_Howe", "UTC"]


def choices(file_time: str = "06:00", zone: str = "Europe/Amsterdam") -> Choices:
    return Choices(trigger_statuses=frozenset({"5"}), start_date="2026-01-01", file_time=file_time, time_zone=zone)


def plan(**values: Any) -> Timetable:
    return Timetable(connection_id=1, **values)


@pytest.mark.parametrize(
    ("file_time", "day", "utc"),
    [
        ("06:00", date(2026, 1, 5), "05:00"),
        ("06:00", date(2026, 7, 5), "04:00"),
        ("02:30", WINTER_ENDS, "01:30"),  # does not exist: it is 03:30, two and a half hours after midnight
        ("03:00", WINTER_ENDS, "01:00"),
        ("02:30", SUMMER_ENDS, "00:30"),  # exists twice: the first
        ("03:00", SUMMER_ENDS, "02:00"),
    ],
)
def test_the_file_s_moment(file_time: str, day: date, utc: str) -> None:
    assert file_moment(choices(file_time), day).isoformat() == f"{day}T{utc}:00+00:00"


def test_midnight_is_the_start_of_the_merchant_s_day() -> None:
    assert file_moment(choices("00:00"), date(2026, 11, 24)) == datetime(2026, 11, 23, 23, tzinfo=UTC)
    assert file_is_due(choices("00:00"), datetime(2026, 11, 23, 23, 0, tzinfo=UTC), date(2026, 11, 23))
    assert not file_is_due(choices("00:00"), datetime(2026, 11, 23, 22, 59, tzinfo=UTC), date(2026, 11, 23))


@given(
    file_time=st.times().map(lambda value: value.isoformat("minutes")),
    zone=st.sampled_from(ZONES),
    start=st.dates(date(2026, 1, 1), date(2027, 12, 1)),
)
def test_every_day_has_one_moment_and_they_come_in_order(file_time: str, zone: str, start: date) -> None:
    rules = choices(file_time, zone)
    moments = [file_moment(rules, start + timedelta(days=number)) for number in range(8)]
    assert moments == sorted(set(moments))
    for number, moment in enumerate(moments):
        day = start + timedelta(days=number)
        assert next_file(rules, moment - timedelta(seconds=1), day - timedelta(days=1)) == moment
        assert file_is_due(rules, moment, day - timedelta(days=1))
        assert not file_is_due(rules, moment, day)


@given(connection=st.integers(1, 10**6), at=st.datetimes(timezones=st.just(UTC)))
def test_a_connection_fetches_at_the_same_minute_of_every_hour(connection: int, at: datetime) -> None:
    if at.year in (1, 9999):
        return
    first = next_fetch(connection, at)
    assert timedelta(0) < first - at <= HOUR
    assert next_fetch(connection, first) == first + HOUR


def test_the_fetches_of_many_connections_are_spread_over_the_hour() -> None:
    start = datetime(2026, 11, 24, 11, 0, tzinfo=UTC) - timedelta(seconds=1)
    minutes = [next_fetch(number, start).minute for number in range(1, 601)]
    assert all(8 <= minutes.count(minute) <= 12 for minute in range(60))


AT = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("next_fetch_at", "last_run_at", "filed_on", "expected"),
    [
        (None, None, None, Run.Why.SCHEDULE),
        (AT, AT - HOUR, TODAY, Run.Why.SCHEDULE),
        (AT + timedelta(minutes=1), AT - HOUR, TODAY, None),
        (AT - timedelta(hours=5), AT - timedelta(hours=6), TODAY, Run.Why.CATCH_UP),
        (AT + timedelta(minutes=1), AT - timedelta(hours=8), None, Run.Why.SCHEDULE),  # the file of 06:00
        (AT + timedelta(minutes=1), AT - HOUR, None, None),  # tried since: the shop was down
        (AT + timedelta(days=400), AT - HOUR, TODAY, Run.Why.SCHEDULE),  # planned by a clock that was wrong
    ],
)
def test_why_a_connection_is_due(
    next_fetch_at: datetime | None, last_run_at: datetime | None, filed_on: date | None, expected: Run.Why | None
) -> None:
    row = plan(next_fetch_at=next_fetch_at, last_run_at=last_run_at, filed_on=filed_on)
    assert why_due(row, choices(), AT) == expected


def test_wrong_settings_are_still_fetched_for_but_make_no_file() -> None:
    row = plan(next_fetch_at=AT + timedelta(minutes=1), last_run_at=AT - timedelta(hours=8))
    assert why_due(row, None, AT) is None
    assert why_due(row, None, AT + timedelta(minutes=1)) == Run.Why.SCHEDULE


def test_the_next_run_is_the_fetch_or_the_file_whichever_comes_first() -> None:
    row = plan(next_fetch_at=AT + timedelta(minutes=40), last_run_at=AT - timedelta(minutes=20), filed_on=TODAY)
    assert next_run(row, choices("18:00"), AT) == row.next_fetch_at
    row.filed_on = TODAY - timedelta(days=1)
    assert next_run(row, choices("12:15"), AT) == AT + timedelta(minutes=15)
    assert next_run(row, None, AT) == row.next_fetch_at
