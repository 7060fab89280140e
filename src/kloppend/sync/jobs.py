"""The work as jobs of Procrastinate, in the same PostgreSQL. Its API is used in this file only.

A job may come twice, late, or never: it only says that somebody should look. What is due stands in our timetable, who
may do it in our claim, and what was done in our records.
"""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import connections, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from procrastinate import App, JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Status

from kloppend.records.models import Connection, Run, Timetable
from kloppend.reports.mailing import send_mails_alone
from kloppend.sync.claims import Busy, ClaimLost
from kloppend.sync.runs import NotActive, Stopped, readable_choices, run_connection, trim
from kloppend.sync.schedule import why_due

log = logging.getLogger(__name__)

LOOK_AGAIN = timedelta(seconds=30)
CONCURRENCY = 4
STOP_WITHIN = 5.0  # seconds a running job gets to end by itself


def due(at: datetime) -> Iterator[tuple[int, Run.Why]]:
    """Every active connection that must run now, and why."""
    died = Exists(Timetable.objects.filter(pk=OuterRef("pk"), claimed_until__lt=Now()))
    active = Connection.objects.filter(active=True).annotate(worker_died=died)
    for connection in active.select_related("timetable").order_by("pk"):
        plan = getattr(connection, "timetable", None)
        why = why_due(plan, readable_choices(connection), at) if plan else Run.Why.SCHEDULE
        if connection.worker_died:
            why = why or Run.Why.CATCH_UP
        if why:
            yield connection.pk, why


def tick(at: datetime) -> int:
    """Ask for every run that is due; returns how many were not asked for already."""
    return sum(ask(connection_id, why) for connection_id, why in list(due(at)))


def ask(connection_id: int, why: Run.Why = Run.Why.PERSON, after: timedelta = timedelta(0)) -> bool:
    """Ask the worker to run a connection; False when somebody did so already and it has not begun."""
    begin = datetime.now(UTC) + after if after else None
    job = run_job.configure(queueing_lock=f"connection-{connection_id}", schedule_at=begin)
    try:
        with transaction.atomic():  # the refusal of a double must not spoil a transaction of the caller
            job.defer(connection_id=connection_id, why=str(why))
    except AlreadyEnqueued:
        return False
    return True


@app.task(name="run_connection", pass_context=True)
def run_job(context: JobContext, connection_id: int, why: str) -> None:
    """Run one connection, unless it runs already."""

    def progress(_: str) -> None:
        if context.should_abort():
            raise Stopped

    reason = Run.Why(why)
    try:
        run_connection(connection_id, reason, datetime.now(UTC), progress)
    except Busy:
        log.info("connection %s is being run by another process", connection_id)
        if reason == Run.Why.PERSON:  # what the person changed may have come too late for that run
            ask(connection_id, after=LOOK_AGAIN)
    except (NotActive, Connection.DoesNotExist):
        log.info("connection %s is not active", connection_id)
    except (Stopped, ClaimLost) as why_not:
        log.info("run of connection %s was interrupted (%s)", connection_id, type(why_not).__name__)


@app.periodic(cron="* * * * *")
@app.task(name="tick", queueing_lock="tick", priority=10)
def tick_job(timestamp: int) -> None:
    """Once a minute, on one of the workers."""
    tick(datetime.now(UTC))


@app.periodic(cron="* * * * *")
@app.task(name="mails", queueing_lock="mails")
def mails_job(timestamp: int) -> None:
    """The daily mails that are due: apart from the runs, and on one worker at a time."""
    send_mails_alone(datetime.now(UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(name="rescue", queueing_lock="rescue", priority=5)
async def rescue_job(timestamp: int) -> None:
    """Jobs of workers that died would stay `doing` for ever."""
    await rescue(app)


@app.periodic(cron="17 3 * * *")
@app.task(name="tidy", queueing_lock="tidy")
def tidy_job(timestamp: int) -> None:
    """Forget old records of runs."""
    log.info("%s old records of runs forgotten", trim(datetime.now(UTC)))


async def rescue(on: App, silent_for: float = 60.0) -> int:
    """Give the jobs of workers that have been silent for so many seconds back to the queue; returns how many."""
    stalled = list(await on.job_manager.get_stalled_jobs(seconds_since_heartbeat=silent_for))
    for job in stalled:
        try:
            await on.job_manager.retry_job(job)
        except ConnectorException:  # a fresh job of that kind is waiting: it will do
            await on.job_manager.finish_job(job, Status.ABORTED, delete_job=True)
    if stalled:
        log.warning("%s jobs of dead workers rescued", len(stalled))
    return len(stalled)


def work(*, once: bool = False) -> None:
    """Be a worker until SIGTERM or SIGINT; `once`: until the queue is empty."""
    with app.replace_connector(app.connector.get_worker_connector()) as worker_app:  # type: ignore[attr-defined]
        asyncio.run(_work(worker_app, once=once))
    connections.close_all()


async def _work(worker_app: App, *, once: bool) -> None:
    async with worker_app.open_async():
        await worker_app.run_worker_async(
            concurrency=CONCURRENCY,
            wait=not once,
            listen_notify=not once,
            delete_jobs="always",  # what happened stands in our own records
            shutdown_graceful_timeout=STOP_WITHIN,
        )


def worker_seen_at() -> datetime | None:
    """When a worker last gave a sign of life."""
    newest = ProcrastinateWorker.objects.order_by("-last_heartbeat").values_list("last_heartbeat", flat=True)
    return newest.first()


def waiting() -> int:
    """How many jobs wait for a worker."""
    return ProcrastinateJob.objects.filter(status="todo").count()
