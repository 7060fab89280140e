"""The schedule at work: days pass, workers come and go, on a real database and with the moment given."""

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from kloppend.domain.problems import Problem as DomainProblem
from kloppend.records.models import Batch, Connection, Invoice, Order, Problem, Run, Timetable
from kloppend.shops.opencart.simulator import Fault, SimulatedStore, StoreServer
from kloppend.sync import jobs, pipeline
from kloppend.sync.choices import choices_of
from kloppend.sync.runs import NotActive, Stopped, run_connection, trim
from kloppend.sync.schedule import HOUR, file_moment
from tests.sync.conftest import make_connection

pytestmark = pytest.mark.django_db

STEP = timedelta(minutes=10)
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


@pytest.fixture
def calm(store: SimulatedStore, server: StoreServer) -> Connection:
    """A connection to a store that has no orders yet, with the file at half past two at night."""
    paid = store.records[0]
    store.records.clear()
    store.spare = paid  # type: ignore[attr-defined]
    return make_connection(server, file_time="02:30", start_date="2026-01-01")


def order_arrives(store: SimulatedStore, at: datetime) -> str:
    store.clock_offset = int(at.timestamp() - time.time())
    return store.add_order(store.spare)  # type: ignore[attr-defined]


def moments(start: datetime, days: float) -> Iterator[datetime]:
    return (start + number * STEP for number in range(int(days * 144)))


def live(at: datetime, store: SimulatedStore) -> list[Run.Why]:
    """What workers do at this moment: whatever is due."""
    store.clock_offset = int(at.timestamp() - time.time())
    due = list(jobs.due(at))
    return [why for connection_id, why in due if run_connection(connection_id, why, at)]


def choose(connection: Connection, **choices: Any) -> None:
    connection.refresh_from_db()
    connection.settings.update(choices)
    connection.save()


@pytest.mark.parametrize(
    "start",
    [datetime(2026, 3, 26, 12, tzinfo=UTC), datetime(2026, 10, 22, 12, tzinfo=UTC)],
    ids=["the start of summer time", "its end"],
)
@pytest.mark.parametrize(("file_time", "skipped", "days", "files"), [("02:30", 0, 6.5, 6), ("00:00", 2, 2.5, 3)])
def test_a_week_over_a_change_of_the_clock(
    calm: Connection, store: SimulatedStore, start: datetime, file_time: str, skipped: int, days: float, files: int
) -> None:
    start += timedelta(days=skipped)
    choose(calm, file_time=file_time)
    arrived, runs = [], 0
    for at in moments(start, days):
        if at.hour == 20 and at.minute == 0:
            arrived.append(order_arrives(store, at))
        runs += len(live(at, store))
    assert days * 24 <= runs <= days * 25 + 2  # every hour, and for the file
    assert not Problem.objects.filter(order=None, closed_at=None).exists()
    batches = list(Batch.objects.order_by("business_date"))
    assert [batch.business_date for batch in batches] == [
        start.date() + timedelta(days=number) for number in range(1, len(batches) + 1)
    ]
    assert len(batches) == files
    choices = choices_of(Connection.objects.get().settings)
    for batch in batches:
        assert batch.placed_at == file_moment(choices, batch.business_date)
        assert batch.deliveries.count() == 1
    delivered = Order.objects.filter(state=Order.State.DELIVERED).order_by("pk")
    assert [order.shop_order_id for order in delivered] == arrived[:files]
    assert Invoice.objects.count() == files


def test_five_hours_without_a_worker_are_caught_up_once(calm: Connection, store: SimulatedStore) -> None:
    start = datetime(2026, 11, 24, 20, tzinfo=UTC)
    live(start - HOUR, store)
    order_arrives(store, start)
    why: list[Run.Why] = []
    for at in moments(start, 1):
        if not start + 3 * HOUR <= at < start + 8 * HOUR:  # over midnight and over the moment of the file
            why += live(at, store)
    assert why.count(Run.Why.CATCH_UP) == 1
    assert Run.objects.filter(why=Run.Why.CATCH_UP).get().started_at == start + 8 * HOUR
    assert 19 <= len(why) <= 22
    assert Batch.objects.get().business_date == date(2026, 11, 25)


def test_what_is_ready_after_the_file_waits_for_the_next_day(calm: Connection, store: SimulatedStore) -> None:
    start = datetime(2026, 11, 24, 0, tzinfo=UTC)  # before 02:30 in Amsterdam
    for at in moments(start, 0.5):
        live(at, store)
    order_arrives(store, start + 12 * HOUR)
    for at in moments(start + 12 * HOUR, 0.4):
        live(at, store)
    assert not Batch.objects.exists()
    assert Order.objects.get().state == Order.State.READY
    run_connection(calm.pk, Run.Why.PERSON, start + 22 * HOUR - STEP)  # a person does not have to wait
    assert Batch.objects.get().deliveries.count() == 1


@pytest.mark.parametrize(("new_time", "expected"), [("13:20", 1), ("10:00", 1), ("18:00", 0)])
def test_a_file_time_changed_during_the_day(
    calm: Connection, store: SimulatedStore, new_time: str, expected: int
) -> None:
    choose(calm, file_time="16:00")
    order_arrives(store, NOON - HOUR)
    for at in moments(NOON - HOUR, 1 / 24):
        live(at, store)
    choose(calm, file_time=new_time)  # at noon UTC minus one step, 11:50 in Amsterdam
    for at in moments(NOON, 2 / 24):
        live(at, store)
    assert Batch.objects.count() == expected


def test_a_file_time_set_again_after_the_file_makes_no_second_one(calm: Connection, store: SimulatedStore) -> None:
    choose(calm, file_time="11:00")
    order_arrives(store, NOON - 2 * HOUR)
    for at in moments(NOON - 2 * HOUR, 2 / 24):
        live(at, store)
    assert Batch.objects.count() == 1
    order_arrives(store, NOON)
    choose(calm, file_time="13:00")
    for at in moments(NOON, 6 / 24):
        live(at, store)
    assert Batch.objects.count() == 1


def test_a_shop_that_is_down_at_the_file_s_moment_gets_its_file_when_it_is_back(
    calm: Connection, store: SimulatedStore
) -> None:
    choose(calm, file_time="13:00")
    order_arrives(store, NOON - HOUR)
    live(NOON - HOUR, store)
    store.faults.switch_on(Fault.HTML)
    for at in moments(NOON, 1 / 24):
        live(at, store)
    assert Run.objects.latest("pk").outcome == Run.Outcome.PROBLEM
    assert not Batch.objects.exists()
    assert Run.objects.filter(started_at__gte=NOON).count() <= 2  # the shop is not asked every minute
    store.faults.switch_off()
    for at in moments(NOON + HOUR, 1 / 24):
        live(at, store)
    assert Batch.objects.get().business_date == NOON.date()
    assert Run.objects.latest("pk").outcome == Run.Outcome.FINE


def test_a_connection_that_is_not_active_is_never_run(calm: Connection, store: SimulatedStore) -> None:
    Connection.objects.update(active=False)
    assert live(NOON, store) == []
    with pytest.raises(NotActive):
        run_connection(calm.pk, Run.Why.PERSON, NOON)
    assert not store.requests
    assert not Run.objects.exists()


def test_a_job_that_comes_twice_runs_once(calm: Connection, store: SimulatedStore) -> None:
    assert run_connection(calm.pk, Run.Why.SCHEDULE, NOON)
    assert run_connection(calm.pk, Run.Why.SCHEDULE, NOON) is None
    assert run_connection(calm.pk, Run.Why.PERSON, NOON)
    assert Run.objects.count() == 2


def test_a_run_tells_what_it_came_to(connection: Connection) -> None:
    finished = run_connection(connection.pk, Run.Why.SCHEDULE, NOON)
    assert finished
    row = Run.objects.get()
    assert (row.outcome, row.fault, row.files) == (Run.Outcome.FINE, "", 1)
    assert (row.fetched, row.settled) == (len(finished.done.fetched), len(finished.done.settled))
    assert row.fetched == Order.objects.count()
    assert row.ended_at
    plan = Timetable.objects.get()
    assert (plan.claimed_until, plan.last_run_at, plan.filed_on) == (None, NOON, NOON.date())


def test_a_mistake_of_ours_is_told_and_the_next_run_closes_it(
    calm: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(pipeline, "settle", lambda *_: 1 / 0)
        run_connection(calm.pk, Run.Why.SCHEDULE, NOON)
    row = Run.objects.get()
    assert (row.outcome, row.fault) == (Run.Outcome.FAILED, "RUN_FAILED")
    problem = Problem.objects.get(closed_at=None)
    assert "ZeroDivisionError" in DomainProblem(problem.code, problem.detail).text("nl").cause
    run_connection(calm.pk, Run.Why.SCHEDULE, NOON + HOUR)
    assert Run.objects.latest("pk").outcome == Run.Outcome.FINE
    assert not Problem.objects.filter(order=None, closed_at=None).exists()


def test_wrong_settings_are_a_run_with_that_fault(calm: Connection, store: SimulatedStore) -> None:
    choose(calm, file_time="half past two")
    assert live(NOON, store) == [Run.Why.SCHEDULE]
    assert (Run.objects.get().outcome, Run.objects.get().fault) == (Run.Outcome.PROBLEM, "SETTINGS_INVALID")
    assert live(NOON + STEP, store) in ([], [Run.Why.SCHEDULE])


def test_a_run_that_is_asked_to_stop_is_caught_up_at_once(connection: Connection, store: SimulatedStore) -> None:
    seen: list[str] = []

    def stop_after_three(text: str) -> None:
        seen.append(text)
        if len(seen) == 3:
            raise Stopped

    with pytest.raises(Stopped):
        run_connection(connection.pk, Run.Why.SCHEDULE, NOON, stop_after_three)
    assert Run.objects.get().outcome == Run.Outcome.INTERRUPTED
    assert live(NOON + timedelta(minutes=1), store) == [Run.Why.SCHEDULE]
    assert Batch.objects.get().deliveries.count() == 5


def test_old_records_of_runs_are_forgotten(calm: Connection) -> None:
    for days in (0, 91, 93, 400):
        Run.objects.create(connection=calm, why="schedule", started_at=NOON - timedelta(days=days))
    assert trim(NOON) == 2
    assert Run.objects.count() == 2
