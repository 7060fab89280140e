"""One run of a connection under its claim, with a record of what it came to. Commands and the worker both come here."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from kloppend.domain.problems import Problem
from kloppend.records import problems, vat_checks
from kloppend.records.models import Connection, Run, Timetable
from kloppend.sync import pipeline
from kloppend.sync.choices import Choices, choices_of
from kloppend.sync.claims import Claim, ClaimLost, claimed
from kloppend.sync.schedule import next_fetch, why_due
from kloppend.sync.shops import shop_of

log = logging.getLogger(__name__)

KEPT = timedelta(days=92)
"""How long the record of a run is kept."""


class NotActive(Exception):  # noqa: N818 - a finding
    """The connection is not active, and such ones are never run."""


class Stopped(Exception):  # noqa: N818 - a finding
    """The process was asked to end; the run ends between two orders, and is caught up later."""


@dataclass(slots=True)
class Finished:
    """The record of a run with the particulars: which orders, which files."""

    record: Run
    done: pipeline.Run


def run_connection(
    connection_id: int, why: Run.Why, at: datetime, progress: Callable[[str], None] = lambda _: None
) -> Finished | None:
    """Run one connection now. None when it was the schedule that asked, and another process has done it meanwhile.

    `progress` may raise Stopped. Raises Busy, NotActive, Stopped, ClaimLost; all else ends up in the records.
    """
    with claimed(connection_id) as claim:
        rows = Connection.objects.select_related("administration", "timetable")
        connection = rows.get(pk=connection_id)
        if not connection.active:
            raise NotActive
        connection.runs.filter(ended_at=None).update(outcome=Run.Outcome.INTERRUPTED, ended_at=at)
        due = why_due(connection.timetable, readable_choices(connection), at)
        if why != Run.Why.PERSON and not (due or claim.taken_over):
            return None
        record = _begin(connection, why, at)
        try:
            return Finished(record, _run(connection, record, claim, at, progress))
        except (Stopped, ClaimLost):
            _end(record, Run.Outcome.INTERRUPTED)
            Timetable.objects.filter(pk=connection_id).update(next_fetch_at=None)
            raise


def readable_choices(connection: Connection) -> Choices | None:
    """The connection's choices; None when they cannot be read, which a run tells as SETTINGS_INVALID."""
    try:
        return choices_of(connection.settings)
    except ValueError:
        return None


def trim(at: datetime) -> int:
    """Forget the records of runs that are old, and checks of VAT numbers no invoice rests on; returns how many runs."""
    vat_checks.trim(at - KEPT)
    return Run.objects.filter(started_at__lt=at - KEPT).delete()[0]


def _begin(connection: Connection, why: Run.Why, at: datetime) -> Run:
    plan = connection.timetable
    # What is still to be looked up then, the run itself says; one that fails early is not repeated every minute.
    plan.next_fetch_at, plan.last_run_at, plan.next_look_at = next_fetch(connection.pk, at), at, None
    plan.save(update_fields=["next_fetch_at", "last_run_at", "next_look_at"])
    log.info("run of connection %s started (%s)", connection.pk, why)
    return Run.objects.create(connection=connection, why=why, started_at=at)


def _run(
    connection: Connection, record: Run, claim: Claim, at: datetime, progress: Callable[[str], None]
) -> pipeline.Run:
    def told(text: str) -> None:
        claim.check()
        progress(text)

    # Who asks gets the day's file while there is none, also on a day that had nothing to hold at its moment.
    filed_on = None if record.why == Run.Why.PERSON else connection.timetable.filed_on
    done, wrong = pipeline.Run(), []
    try:
        with shop_of(connection) as shop:
            done = pipeline.run(connection, shop, at, told, filed_on, check=claim.check_now)
    except (Stopped, ClaimLost):
        raise
    except Exception as error:
        log.exception("run of connection %s failed", connection.pk)
        wrong = [Problem.of("RUN_FAILED", what=type(error).__name__)]
    problems.now_stand(connection, None, wrong, at, source="run")
    if done.filed_on:
        Timetable.objects.filter(pk=connection.pk).update(filed_on=done.filed_on)
    record.fetched, record.settled, record.files = len(done.fetched), len(done.settled), len(done.files)
    _end(record, Run.Outcome.FAILED if wrong else _outcome(connection, record))
    return done


def _outcome(connection: Connection, record: Run) -> Run.Outcome:
    """A problem that stands open for the connection as a whole is the run's fault."""
    standing = connection.problems.filter(order=None, closed_at=None).order_by("opened_at", "pk")
    record.fault = standing.values_list("code", flat=True).first() or ""
    return Run.Outcome.PROBLEM if record.fault else Run.Outcome.FINE


def _end(record: Run, outcome: Run.Outcome) -> None:
    record.outcome, record.ended_at = outcome, timezone.now()
    if outcome == Run.Outcome.FAILED:
        record.fault = "RUN_FAILED"
    record.save()
    log.info(
        "run of connection %s ended: %s %s (%s fetched, %s settled, %s files)",
        *(record.connection_id, outcome, record.fault, record.fetched, record.settled, record.files),
    )
