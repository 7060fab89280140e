"""Puts a backup back, in one transaction: all of it, or nothing. No connection then sends until a person verified.

Between backup and restore orders may have been sent that the restored records do not know. See `verifying.py`.
"""

from datetime import datetime
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max

from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.models import Connection, Order, Timetable
from kloppend.records.secrets import keyed_hash
from kloppend.upkeep import tables
from kloppend.upkeep.backup import Backup, Start, read

NUMBERS_PASSED_OVER = 1000
"""File numbers that may have been used after the backup: more than two years of daily files."""


class RestoreError(Exception):
    """The backup cannot be restored here; nothing was changed. The message says why."""


def is_empty() -> bool:
    """Whether nothing would be lost."""
    return not (Connection.objects.exists() or Order.objects.exists())


def restore(path: Path, at: datetime, *, replace: bool = False) -> Backup:
    """Put the backup in the place of what is there, which must be nothing unless `replace`.

    Needs to begin outside a transaction, with no other process at work. Raises RestoreError, SealedFileError, OSError.
    """
    if not replace and not is_empty():
        raise RestoreError("The database holds connections or orders. Restore into an empty one.")
    prepared = False

    def take(start: Start, table: str, content: object) -> tables.Copied:
        nonlocal prepared
        if not prepared:
            _prepare(start)
            prepared = True
        return tables.copy_in(table, start.columns[table], content)  # type: ignore[arg-type]

    with transaction.atomic(durable=True):
        start, end = read(path, take)
        for table, copied in end.tables.items():
            if tables.count(table) != copied.rows:
                raise RestoreError(f"{table} does not hold as many rows as the backup.")
        tables.go_on_counting(list(start.columns))
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        call_command("migrate", verbosity=0, interactive=False)
        _hold_everything(start.taken_at, at)
    return Backup(path, start, end)


def _prepare(start: Start) -> None:
    """Tables as they were when the backup was made, and empty."""
    if start.hash_key != keyed_hash("backup"):
        raise RestoreError("KLOPPEND_HASH_KEY is another one than when the backup was made: put back that key.")
    known = MigrationExecutor(connection).loader.graph.nodes
    newer = [f"{app}.{name}" for app, name in start.migrations if (app, name) not in known and app == "records"]
    if newer:
        raise RestoreError(f"The backup was made by a newer Kloppend (it knows {newer[0]}). Install that one.")
    tables.start_anew()
    executor = MigrationExecutor(connection)
    graph = executor.loader.graph
    applied = {key for key in start.migrations if key in graph.nodes and key[0] != tables.LEFT_OUT_APP}
    followed = {parent.key for key in applied for parent in graph.node_map[key].parents if parent.key[0] == key[0]}
    executor.migrate(sorted(applied - followed))
    tables.empty(list(start.columns))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # tables come by name, not parents first


def _hold_everything(taken_at: datetime, at: datetime) -> None:
    for row in Connection.objects.annotate(highest=Max("batches__sequence")):
        row.verify_before_sending, row.backup_taken_at, row.restored_at = True, taken_at, at
        row.file_numbers_above = max(row.highest or 0, row.file_numbers_above) + NUMBERS_PASSED_OVER
        row.save()
        moment = f"{taken_at:%Y-%m-%d %H:%M} UTC"
        problems.now_stand(row, None, [Problem.of("VERIFY_BEFORE_SENDING", taken_at=moment)], at, source="restore")
    Timetable.objects.update(claimed_by="", claimed_until=None, next_fetch_at=None, filed_on=None)
