"""What is unsafe, missing or wrong in this installation: everything an operator would have to know, in one list."""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from kloppend.domain.problems import Problem
from kloppend.records.models import Connection, MailSent, Route
from kloppend.sync.files.allowed_folders import cannot_write
from kloppend.sync.files.routes import why_off
from kloppend.sync.jobs import worker_seen_at
from kloppend.upkeep.backup import backups_in
from kloppend.upkeep.safety import Setup, findings
from kloppend.web.home import DATABASE_FOLDER, SECRETS_FILE

State = Literal["fine", "note", "wrong"]
LEAST_FREE = 1024**3
CLOCK_MAY_DIFFER = timedelta(seconds=30)
WORKER_SILENT = timedelta(minutes=3)
BACKUP_AGE = timedelta(days=2)
MAILS_LOOKED_AT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list; `do` is empty when nothing needs doing. A note is worth knowing and is not wrong."""

    name: str
    state: State
    what: str
    do: str = ""


Look = Callable[[Setup, datetime], Iterator[Item]]


def examine(setup: Setup, at: datetime) -> list[Item]:
    """Look at everything, at the moment `at` of our own clock. Needs the database; changes nothing."""
    return [item for look in LOOKS for item in look(setup, at)]


def safety(setup: Setup, _at: datetime) -> Iterator[Item]:
    """What `kloppend run` would refuse."""
    found = findings(setup)
    for finding in found:
        yield Item(finding.name, "wrong", finding.what, finding.do)
    if not found:
        yield Item("safe", "fine", "Nothing about this set-up is unsafe.")


def keys(setup: Setup, _at: datetime) -> Iterator[Item]:
    """Where the keys live: who loses them loses every stored secret and every backup."""
    file = setup.home / SECRETS_FILE
    where = str(file) if file.exists() else "the environment"
    count = len(settings.KLOPPEND_ENCRYPTION_KEYS)
    yield Item("keys", "note", f"The keys ({count} for encryption) are in {where}.", "Keep a copy apart from backups.")


def database(setup: Setup, _at: datetime) -> Iterator[Item]:
    """Which engine, whose, and how far its tables are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
        engine, size = cursor.fetchone()
    own = str(connection.settings_dict["HOST"]).startswith(str(setup.home / DATABASE_FOLDER))
    kind = "the built-in one" if own else "a server of its own"
    applied = sorted(name for app, name in MigrationRecorder(connection).applied_migrations() if app == "records")
    yield Item("database", "fine", f"PostgreSQL {engine}, {kind}, {size // 1024**2} MiB, tables at {applied[-1]}.")


def folders(_setup: Setup, _at: datetime) -> Iterator[Item]:
    """Room to write in."""
    for name, folder in (("files", settings.KLOPPEND_FILES_DIR), ("backups", settings.KLOPPEND_BACKUP_DIR)):
        path = Path(folder).absolute()
        there = next(one for one in (path, *path.parents) if one.exists())
        free = shutil.disk_usage(there).free
        if not os.access(there, os.W_OK):
            yield Item(name, "wrong", f"{path} cannot be written to.", "Let Kloppend's account write there.")
        elif free < LEAST_FREE:
            yield Item(name, "wrong", f"{path} has {free // 1024**2} MiB left.", "Make room on that disk.")
        else:
            yield Item(name, "fine", f"{path}: {free // 1024**3} GiB free.")


def delivery(_setup: Setup, _at: datetime) -> Iterator[Item]:
    """Folders of others in which files are put; a connection's own problems come further down."""
    for root in settings.KLOPPEND_DELIVERY_FOLDERS:
        wrong = cannot_write(root)
        if wrong:
            yield Item("delivery", "wrong", wrong.text("en").cause, wrong.text("en").fix)
        else:
            yield Item("delivery", "fine", f"{root} can be written to.")
    for route in Route.objects.filter(current=True, kind=Route.Kind.FOLDER).exclude(
        folder__in=settings.KLOPPEND_DELIVERY_FOLDERS
    ):
        wrong = cannot_write(route.folder)
        if wrong:
            yield Item("delivery", "wrong", wrong.text("en").cause, wrong.text("en").fix)
    for row in Connection.objects.defer("api_key", "licence_key").filter(routes__current=True).order_by("name"):
        for problem in why_off(row):
            yield Item("delivery", "note", f"{row.name}: {problem.text('en').cause}", problem.text("en").fix)


def mail(_setup: Setup, at: datetime) -> Iterator[Item]:
    """Without a mail server nobody is told of a problem; nor while it takes no mail."""
    unsent = MailSent.objects.filter(sent_at=None, tried_at__isnull=False, day__gte=(at - MAILS_LOOKED_AT).date())
    if count := unsent.count():
        last = unsent.latest("tried_at").tried_at
        what = f"{count} daily mails of the past week were not sent; last tried at {last:%Y-%m-%d %H:%M} UTC."
        yield Item("mail", "wrong", what, "See whether the mail server of KLOPPEND_SMTP_URL takes mail.")
    if os.environ.get("KLOPPEND_SMTP_URL"):
        yield Item("mail", "fine", "A mail server is set.")
    else:
        yield Item("mail", "note", "No mail server is set: nobody is told by mail.", "Set KLOPPEND_SMTP_URL.")


def proxies(_setup: Setup, _at: datetime) -> Iterator[Item]:
    """Behind a proxy that we do not know of, all visitors have its address: one who guesses locks out everybody."""
    https = settings.KLOPPEND_BASE_URL.startswith("https://")
    if https and not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        what = "Served under https by a proxy, whose address all visitors seem to have: one can lock out all logins."
        yield Item("proxies", "note", what, "Set KLOPPEND_TRUSTED_PROXIES to the number of your proxies.")


def worker(_setup: Setup, at: datetime) -> Iterator[Item]:
    """Without a worker nothing runs by itself."""
    seen = worker_seen_at()
    if seen and at - seen < WORKER_SILENT:
        yield Item("worker", "fine", f"A worker gave a sign of life at {seen:%Y-%m-%d %H:%M:%S} UTC.")
        return
    last = f"one was seen for the last time at {seen:%Y-%m-%d %H:%M} UTC" if seen else "none was ever seen"
    live = Connection.objects.filter(active=True).exists()
    yield Item("worker", "wrong" if live else "note", f"No worker is running; {last}.", "kloppend run")


def clock(_setup: Setup, at: datetime) -> Iterator[Item]:
    """Leases and files go by the clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        off = abs(cursor.fetchone()[0] - at)
    if off > CLOCK_MAY_DIFFER:
        what = f"Our clock and the database's differ {off.total_seconds():.0f} seconds."
        yield Item("clock", "wrong", what, "Keep both machines' clocks right (NTP).")
    else:
        yield Item("clock", "fine", "Our clock and the database's agree.")


def backups(_setup: Setup, at: datetime) -> Iterator[Item]:
    """A backup that nobody makes does not help."""
    made = backups_in(Path(settings.KLOPPEND_BACKUP_DIR))
    do = "kloppend backup --keep 14, once a day (docs/backup.md)"
    if not made:
        yield Item("backups", "note", f"There is no backup in {settings.KLOPPEND_BACKUP_DIR}.", do)
        return
    last = datetime.fromtimestamp(made[-1].stat().st_mtime, UTC)
    old = at - last > BACKUP_AGE
    what = f"The last of {len(made)} backups is of {last:%Y-%m-%d %H:%M} UTC."
    yield Item("backups", "wrong" if old else "fine", what, do if old else "")


def connections(_setup: Setup, _at: datetime) -> Iterator[Item]:
    """What stands open for a connection as a whole; orders have the dashboard."""
    for row in Connection.objects.defer("api_key", "licence_key").order_by("name"):  # other keys do not open them
        standing = list(row.problems.filter(order=None, closed_at=None).order_by("opened_at", "pk"))
        for problem in standing if row.active or row.verify_before_sending else ():
            text = Problem(problem.code, problem.detail).text("en")
            yield Item("connection", "wrong", f"{row.name}: {problem.code}: {text.cause}", text.fix)
        if not standing:
            yield Item("connection", "fine", f"{row.name}: {'live' if row.active else 'not active'}.")


LOOKS: tuple[Look, ...] = (
    safety,
    keys,
    database,
    folders,
    delivery,
    mail,
    proxies,
    worker,
    clock,
    backups,
    connections,
)
