"""Brings the tables up to date: one process at a time, and never by a program that is older than the tables."""

from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kloppend.web.home import HomeError

_LOCK = 0x6B6C6F70  # any number that nobody else uses


def bring_up_to_date() -> None:
    """Apply what is missing. Raises HomeError when the tables were made by a newer Kloppend."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        try:
            executor = MigrationExecutor(connection)
            newer = [name for app, name in executor.loader.applied_migrations if (app, name) not in _known(executor)]
            if newer:
                raise HomeError(f"The database was made by a newer Kloppend (it holds {newer[0]}). Install that one.")
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                call_command("migrate", verbosity=0, interactive=False)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _known(executor: MigrationExecutor) -> set[tuple[str, str]]:
    """Our own migrations, and any of the others': those have their own ways of renaming."""
    disk = executor.loader.disk_migrations or {}
    return set(disk) | {key for key in executor.loader.applied_migrations if key[0] != "records"}
