"""A backup: everything we must not forget, of one moment, in one encrypted file that was read back before it counts.

Inside is a tar: `start.json` (moment, version, migrations, columns), a member per table, `end.json` (rows and sums per
table, the files that lay in the folders). The keys are not in it: without them it cannot be opened.
"""

import hashlib
import io
import os
import tarfile
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from kloppend.records.secrets import keyed_hash
from kloppend.upkeep import tables
from kloppend.upkeep.sealed_stream import SealedFileError, SealedReader, SealedWriter
from kloppend.upkeep.tables import Copied

SUFFIX = ".backup"
PATTERN = f"kloppend-*{SUFFIX}"
START, END = "start.json", "end.json"


class Start(msgspec.Struct, frozen=True):
    """What must be known before the tables. `hash_key` tells whether the hash key is the same, not what it is."""

    taken_at: datetime
    version: str
    migrations: list[tuple[str, str]]
    columns: dict[str, list[str]]
    hash_key: str


class End(msgspec.Struct, frozen=True):
    """What everything must come to. `files` are the sha256 of what lay in the files folder, by relative path."""

    tables: dict[str, Copied]
    files: dict[str, str]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was written and read back."""

    path: Path
    start: Start
    end: End
    pruned: tuple[Path, ...] = ()

    @property
    def rows(self) -> int:
        """In all tables."""
        return sum(copied.rows for copied in self.end.tables.values())


def back_up(folder: Path, *, keep: int | None = None) -> Backup:
    """Write a backup into the folder, read it back, and only then remove all but the `keep` newest ones.

    Needs to begin outside a transaction. Raises OSError, SealedFileError.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, unfinished = tempfile.mkstemp(dir=folder, prefix=".unfinished-")  # 0600
    try:
        with os.fdopen(descriptor, "wb") as file:
            start = _write(file)
            file.flush()
            os.fsync(file.fileno())
        path = folder / f"kloppend-{start.taken_at:%Y%m%d-%H%M%S-%f}{SUFFIX}"
        _, end = read(Path(unfinished), lambda _start, _table, content: _swallow(content))
        Path(unfinished).rename(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)
    return Backup(path, start, end, _prune(folder, keep) if keep else ())


def backups_in(folder: Path) -> list[Path]:
    """Oldest first."""
    return sorted(folder.glob(PATTERN))


def read(path: Path, take: Callable[[Start, str, BinaryIO], Copied]) -> tuple[Start, End]:
    """Hand every table to `take` and compare what it got. Raises SealedFileError, OSError."""
    with path.open("rb") as file:
        stream = io.BufferedReader(SealedReader(file), 1024 * 1024)
        try:
            return _read(stream, take)
        except (tarfile.TarError, msgspec.MsgspecError, EOFError) as error:
            raise SealedFileError(f"The backup is damaged ({type(error).__name__}).") from error


def _write(file: BinaryIO) -> Start:
    sealed = SealedWriter(file)
    with transaction.atomic(durable=True), tarfile.open(fileobj=cast(BinaryIO, sealed), mode="w|") as tar:
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT transaction_timestamp()")
            start = _start(cursor.fetchone()[0])
        _add(tar, START, msgspec.json.encode(start))
        copied = {table: _add_table(tar, table, columns) for table, columns in start.columns.items()}
        _add(tar, END, msgspec.json.encode(End(tables=copied, files=files_now())))
    sealed.finish()
    return start


def _start(taken_at: datetime) -> Start:
    return Start(
        taken_at=taken_at.astimezone(UTC),
        version=version("kloppend"),
        migrations=sorted(MigrationRecorder(connection).applied_migrations()),
        columns={table: tables.columns_of(table) for table in tables.our_tables()},
        hash_key=keyed_hash("backup"),
    )


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def _add_table(tar: tarfile.TarFile, table: str, columns: list[str]) -> Copied:
    with tempfile.TemporaryFile() as file:  # no name, ours alone
        copied = tables.copy_out(table, columns, cast(BinaryIO, file))
        file.seek(0)
        member = tarfile.TarInfo(table)
        member.size = copied.size
        tar.addfile(member, file)
    return copied


def files_now() -> dict[str, str]:
    """The files that lie in the files folder at this moment, with their sha256."""
    root = Path(settings.KLOPPEND_FILES_DIR)
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _read(stream: BinaryIO, take: Callable[[Start, str, BinaryIO], Copied]) -> tuple[Start, End]:
    start: Start | None = None
    end: End | None = None
    got: dict[str, Copied] = {}
    with tarfile.open(fileobj=stream, mode="r|") as tar:
        for member in tar:
            content: Any = tar.extractfile(member)
            if start is None:
                start = msgspec.json.decode(content.read(), type=Start)
            elif member.name == END:
                end = msgspec.json.decode(content.read(), type=End)
            else:
                got[member.name] = take(start, member.name, content)
    while stream.read(1024 * 1024):  # to the last piece, which proves that nothing is missing
        pass
    if start is None or end is None or got != end.tables or got.keys() != start.columns.keys():
        raise SealedFileError("The backup is damaged: its tables are not what they were when it was made.")
    return start, end


def _swallow(content: BinaryIO) -> Copied:
    digest, rows, size = hashlib.sha256(), 0, 0
    while block := content.read(1024 * 1024):
        digest.update(block)
        rows, size = rows + block.count(b"\n"), size + len(block)
    return Copied(rows=rows, size=size, sha256=digest.hexdigest())


def _prune(folder: Path, keep: int) -> tuple[Path, ...]:
    old = tuple(backups_in(folder)[:-keep])
    for path in old:
        path.unlink()
    return old
