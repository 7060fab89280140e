"""When things are due: the hourly fetch by the world's clock, the daily file by the connection's own time zone."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from kloppend.records.models import Run, Timetable
from kloppend.sync.choices import Choices

HOUR = timedelta(hours=1)
_GOLDEN = 0.6180339887498949  # multiples of it fall evenly over a circle, however many connections there are


def file_moment(choices: Choices, day: date) -> datetime:
    """When the file of this business date is due, in UTC: once a day, whatever the clocks do.

    A time that exists twice means the first; one that the clock skips is as long after midnight as it says.
    """
    wall = datetime.combine(day, time.fromisoformat(choices.file_time), ZoneInfo(choices.time_zone))
    return wall.astimezone(UTC)


def file_is_due(choices: Choices, at: datetime, filed_on: date | None = None) -> bool:
    """Whether the day's file may be made at this moment. `filed_on` is the last business date that was dealt with.

    That there is one file a day at most is for the records to say.
    """
    today = business_date(choices, at)
    return not _dealt_with(today, today, filed_on) and at >= file_moment(choices, today)


def _dealt_with(day: date, today: date, filed_on: date | None) -> bool:
    """A date further ahead than tomorrow was written by a clock that was wrong, and says nothing."""
    return filed_on is not None and day <= filed_on <= today + timedelta(days=1)


def business_date(choices: Choices, at: datetime) -> date:
    """The day it is where the merchant is."""
    return at.astimezone(ZoneInfo(choices.time_zone)).date()


def next_fetch(connection_id: int, after: datetime) -> datetime:
    """The connection's next hourly moment: always the same minute and second, another one for each connection."""
    offset = timedelta(seconds=round(connection_id * _GOLDEN % 1 * 3600) % 3600)
    hour = after.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return next(moment for moment in (hour + offset, hour + HOUR + offset) if moment > after)


def why_due(plan: Timetable, choices: Choices | None, at: datetime) -> Run.Why | None:
    """Why the connection must run now, by its plan; None when it need not. Without choices nothing but fetching is due.

    However many hours were missed, they are caught up by one run.
    """
    if plan.next_fetch_at is None or plan.last_run_at is None:
        return Run.Why.SCHEDULE
    if plan.next_fetch_at <= at - HOUR:
        return Run.Why.CATCH_UP
    # Further away than an hour it was planned by a clock that was wrong.
    if plan.next_fetch_at <= at or plan.next_fetch_at > at + HOUR:
        return Run.Why.SCHEDULE
    if plan.next_look_at and plan.next_look_at <= at:
        return Run.Why.SCHEDULE
    if choices and file_is_due(choices, at, plan.filed_on):
        # Tried since its moment, and the shop was down: the hourly fetch tries again.
        moment = file_moment(choices, business_date(choices, at))
        return Run.Why.SCHEDULE if plan.last_run_at < moment else None
    return None


def next_run(plan: Timetable, choices: Choices | None, at: datetime) -> datetime:
    """When the connection runs next, for people to read."""
    if why_due(plan, choices, at) or plan.next_fetch_at is None:
        return at
    looks = [plan.next_look_at] if plan.next_look_at else []
    return min([plan.next_fetch_at, *looks, *([next_file(choices, at, plan.filed_on)] if choices else [])])


def next_file(choices: Choices, at: datetime, filed_on: date | None = None) -> datetime:
    """The moment of the next daily file; a moment in the past when today's is still to be made."""
    today = business_date(choices, at)
    days = (today + timedelta(days=number) for number in range(3))
    return next(file_moment(choices, day) for day in days if not _dealt_with(day, today, filed_on))
