"""Two at once: claims, ticks, jobs and workers on one connection double nothing, and the dead hold nothing up."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection as database
from django.db import connections
from django.db.models.functions import Now
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from kloppend.records.models import Batch, Connection, Invoice, Order, Run, Timetable
from kloppend.shops.opencart.simulator import SimulatedStore
from kloppend.sync import claims, jobs
from kloppend.sync.claims import Busy, ClaimLost, claimed, take
from kloppend.sync.runs import run_connection

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_jobs(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The queue's tables are not Django's, so the tests' own cleaning leaves them alone. The tests do the ticking."""
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    with database.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")


def lapse(connection: Connection) -> None:
    """As if the process that holds the claim had died more than a lease ago."""
    Timetable.objects.filter(pk=connection.pk).update(claimed_until=Now() - timedelta(seconds=1))


def queued() -> list[tuple[str, str]]:
    return list(ProcrastinateJob.objects.order_by("pk").values_list("task_name", "status"))


def test_a_living_claim_keeps_others_out(connection: Connection, store: SimulatedStore) -> None:
    with claimed(connection.pk):
        with pytest.raises(Busy):
            run_connection(connection.pk, Run.Why.PERSON, NOON)
        assert not store.requests
    assert run_connection(connection.pk, Run.Why.PERSON, NOON)


def test_a_dead_one_s_claim_is_taken_over_and_its_run_told(connection: Connection) -> None:
    run_connection(connection.pk, Run.Why.SCHEDULE, NOON)
    Run.objects.create(connection=connection, why="schedule", started_at=NOON)
    take(connection.pk)
    assert list(jobs.due(NOON)) == []
    lapse(connection)
    assert [connection_id for connection_id, _ in jobs.due(NOON)] == [connection.pk]
    finished = run_connection(connection.pk, Run.Why.CATCH_UP, NOON)
    assert finished, "not due by its plan, but the one before did not end"
    outcomes = Run.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == [Run.Outcome.FINE, Run.Outcome.INTERRUPTED, Run.Outcome.FINE]


def test_who_was_away_for_too_long_does_not_go_on(connection: Connection) -> None:
    slow = take(connection.pk)
    lapse(connection)
    quick = take(connection.pk)
    with pytest.raises(ClaimLost):
        slow.check_now()
    with pytest.raises(ClaimLost):
        slow.check()
    slow.release()
    quick.check_now()


def test_a_claim_is_renewed_while_it_is_held(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims, "RENEW_EVERY", timedelta(milliseconds=20))
    with claimed(connection.pk) as claim:
        lapse(connection)
        for _ in range(500):
            if Timetable.objects.filter(pk=connection.pk, claimed_until__gt=Now()).exists():
                break
            claim.lost.wait(0.02)
        with pytest.raises(Busy):
            take(connection.pk)
    take(connection.pk)


def test_only_one_of_many_gets_a_claim(connection: Connection) -> None:
    def attempt(_: int) -> bool:
        try:
            take(connection.pk)
        except Busy:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(16))) == 1


def test_two_ticks_at_once_ask_for_one_run(connection: Connection) -> None:
    def tick(_: int) -> int:
        try:
            return jobs.tick(NOON)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tick, range(8))) == 1
    assert queued() == [("run_connection", "todo")]


def test_two_workers_at_once_double_nothing(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "LOOK_AGAIN", timedelta(0))

    def attempt(_: int) -> str:
        try:
            return "ran" if run_connection(connection.pk, Run.Why.PERSON, NOON) else "nothing"
        except Busy:
            return "busy"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(attempt, range(8)))
    assert set(results) <= {"ran", "busy"}
    assert "ran" in results
    assert Batch.objects.count() == 1
    assert Invoice.objects.count() == Order.objects.filter(state=Order.State.DELIVERED).count() == 5


def test_a_worker_does_what_was_asked_and_forgets_the_job(connection: Connection) -> None:
    assert jobs.tick(NOON) == 1
    assert jobs.tick(NOON) == 0
    jobs.work(once=True)
    assert Run.objects.get().outcome == Run.Outcome.FINE
    assert "run_connection" not in dict(queued())


def test_the_job_of_a_busy_connection_leaves_and_a_person_s_comes_back(connection: Connection) -> None:
    with claimed(connection.pk):
        jobs.ask(connection.pk, Run.Why.SCHEDULE)
        jobs.work(once=True)
        assert "run_connection" not in dict(queued())
        jobs.ask(connection.pk)
        jobs.work(once=True)
        (job,) = ProcrastinateJob.objects.filter(task_name="run_connection")
        assert job.status == "todo"
        assert job.scheduled_at
        assert job.scheduled_at > datetime.now(UTC)
    assert not Run.objects.exists()


def test_a_stalled_job_is_rescued(connection: Connection) -> None:
    jobs.ask(connection.pk)
    _die_with_the_job()
    assert queued() == [("run_connection", "doing")]
    assert asyncio.run(_rescue()) == 1
    assert queued() == [("run_connection", "todo")]
    jobs.work(once=True)
    assert Run.objects.get().outcome == Run.Outcome.FINE


def test_a_stalled_job_makes_way_for_a_fresh_one(connection: Connection) -> None:
    jobs.ask(connection.pk)
    _die_with_the_job()
    assert jobs.ask(connection.pk), "a job that is being done does not keep the next one out"
    assert asyncio.run(_rescue()) == 1
    assert queued() == [("run_connection", "todo")]


def _die_with_the_job() -> None:
    """What a killed worker leaves: a job in hand, and no sign of life."""

    async def fetch() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
            async with worker.open_async():
                worker_id = await worker.job_manager.register_worker()
                assert await worker.job_manager.fetch_job(queues=None, worker_id=worker_id)

    asyncio.run(fetch())


async def _rescue() -> int:
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        async with worker.open_async():
            return await jobs.rescue(worker, silent_for=-1)


def test_what_a_worker_says_of_itself(connection: Connection) -> None:
    assert jobs.worker_seen_at() is None
    _die_with_no_job()
    assert jobs.worker_seen_at()
    jobs.ask(connection.pk)
    assert jobs.waiting() == 1


def _die_with_no_job() -> None:
    async def register() -> None:
        with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
            async with worker.open_async():
                await worker.job_manager.register_worker()

    asyncio.run(register())
