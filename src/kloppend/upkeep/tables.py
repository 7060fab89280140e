"""Our tables as text, out of one moment of the database and into an empty one: PostgreSQL's own COPY does the work."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from django.db import connection
from psycopg import sql

LEFT_OUT = frozenset({"django_session"})
"""Logins: whoever has a backup should not be logged in."""
LEFT_OUT_PREFIX = "procrastinate_"
LEFT_OUT_APP = "procrastinate"
"""Jobs only say that somebody should look; the timetable makes new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What was copied: `rows`, `size` in bytes and `sha256` of the text."""

    rows: int
    size: int
    sha256: str


def our_tables() -> list[str]:
    """All tables that a backup holds, by name."""
    found = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return sorted(name for name in found if name not in LEFT_OUT and not name.startswith(LEFT_OUT_PREFIX))


def columns_of(table: str) -> list[str]:
    """The table's columns, in order."""
    with connection.cursor() as cursor:
        return [column.name for column in connection.introspection.get_table_description(cursor, table)]


def copy_out(table: str, columns: list[str], file: BinaryIO) -> Copied:
    """Write all rows; in this form a row is a line."""
    digest, rows, size = hashlib.sha256(), 0, 0
    with connection.cursor() as cursor, cursor.copy(_copy("COPY {} ({}) TO STDOUT", table, columns)) as copy:
        for block in copy:
            content = bytes(block)
            file.write(content)
            digest.update(content)
            rows, size = rows + content.count(b"\n"), size + len(content)
    return Copied(rows=rows, size=size, sha256=digest.hexdigest())


def copy_in(table: str, columns: list[str], file: BinaryIO) -> Copied:
    """Put rows into an empty table; what was read, to be compared with what was written."""
    digest, rows, size = hashlib.sha256(), 0, 0
    with connection.cursor() as cursor, cursor.copy(_copy("COPY {} ({}) FROM STDIN", table, columns)) as copy:
        while content := file.read(1024 * 1024):
            copy.write(content)
            digest.update(content)
            rows, size = rows + content.count(b"\n"), size + len(content)
    return Copied(rows=rows, size=size, sha256=digest.hexdigest())


def empty(tables: list[str]) -> None:
    """Take out what migrations put in."""
    names = sql.SQL(", ").join(map(sql.Identifier, tables))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("TRUNCATE {} CASCADE").format(names))


def count(table: str) -> int:
    """How many rows it has now."""
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        return int(cursor.fetchone()[0])


def go_on_counting(tables: list[str]) -> None:
    """Numbers that the database gives out continue after the highest in use."""
    wanted = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() "
        "AND table_name = ANY(%s) AND (is_identity = 'YES' OR column_default LIKE 'nextval(%%')"
    )
    with connection.cursor() as cursor:
        cursor.execute(wanted, [tables])
        for table, column in cursor.fetchall():
            statement = "SELECT setval(pg_get_serial_sequence({}, {}), coalesce(max({}), 0) + 1, false) FROM {}"
            named = (sql.Literal(table), sql.Literal(column), sql.Identifier(column), sql.Identifier(table))
            cursor.execute(sql.SQL(statement).format(*named))


def start_anew() -> None:
    """Drop our tables and what belongs to them, so that migrations can make them again.

    The queue's own tables stay: they are not in a backup, and cannot be made anew within a transaction.
    """
    functions = (
        "SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE n.nspname = current_schema() AND p.proname LIKE 'records\\_%'"
    )
    with connection.cursor() as cursor:
        for table in [*our_tables(), *LEFT_OUT]:
            cursor.execute(sql.SQL("DROP TABLE IF EXISTS {} CASCADE").format(sql.Identifier(table)))
        cursor.execute(functions)
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {function} CASCADE")
        cursor.execute("DELETE FROM django_migrations WHERE app <> %s", [LEFT_OUT_APP])


def _copy(statement: str, table: str, columns: list[str]) -> sql.Composed:
    listed = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL(statement).format(sql.Identifier(table), listed)
