"""Where an installation lives: one folder with its keys, its files and, without DATABASE_URL, its own PostgreSQL.

Every command that needs the database comes in here, and finds Django set up and the tables up to date.
"""

import json
import os
import secrets
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import psycopg
from cryptography.fernet import Fernet

from kloppend.outside.postgres import embedded_postgres

KEYS = ("KLOPPEND_ENCRYPTION_KEYS", "KLOPPEND_HASH_KEY", "KLOPPEND_SECRET_KEY")
SECRETS_FILE = "secrets.json"
DATABASE_FOLDER = "database"
MAIL_FOLDER = "mail"


class HomeError(Exception):
    """The installation cannot be used; the message says why, for a person."""


def home_folder() -> Path:
    """KLOPPEND_HOME, or `var` where we are."""
    return Path(os.environ.get("KLOPPEND_HOME") or "var").absolute()


@contextmanager
def at_home(folder: Path, *, own_database: bool = False, **more: str) -> Iterator[None]:
    """Django on the database of this home, tables up to date; what was started is stopped again, however it ends.

    `own_database`: the embedded server whatever DATABASE_URL says, and for this program only. `more`: environment
    variables for us and our children. Raises HomeError, EmbeddedPostgresError.
    """
    end_tidily_on_signals()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    given = "" if own_database else os.environ.get("DATABASE_URL", "").strip()
    with _url(given) if given else _embedded(folder / DATABASE_FOLDER, alone=own_database) as url:
        os.environ.update(made_once(folder / SECRETS_FILE, os.environ))
        os.environ.setdefault("KLOPPEND_FILES_DIR", str(folder / "files"))
        os.environ.setdefault("KLOPPEND_BACKUP_DIR", str(folder / "backups"))
        os.environ.update(
            more, DATABASE_URL=url, KLOPPEND_HOME=str(folder), DJANGO_SETTINGS_MODULE="kloppend.web.settings"
        )
        Path(os.environ["KLOPPEND_FILES_DIR"]).mkdir(mode=0o700, parents=True, exist_ok=True)
        (folder / MAIL_FOLDER).mkdir(mode=0o700, exist_ok=True)  # links to set a password can stand in mails
        import django
        from django.db import connections

        from kloppend.web.tables import bring_up_to_date

        django.setup()
        try:
            bring_up_to_date()
            yield
        finally:
            connections.close_all()


@contextmanager
def _url(url: str) -> Iterator[str]:
    yield url


@contextmanager
def _embedded(folder: Path, *, alone: bool) -> Iterator[str]:
    """The home's own server: the one another command is running, or one for as long as the block takes."""
    note = folder.with_suffix(".url")
    running = note.read_text() if note.exists() and not alone else ""
    if running and _answers(running):
        yield running
        return
    with embedded_postgres(folder) as url:
        write_privately(note, url)
        try:
            yield url
        finally:
            note.unlink(missing_ok=True)


def _answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def made_once(path: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """The keys: from the environment, else from the file, which is made where a key is in neither.

    Raises HomeError when the file holds something else.
    """
    given = {name: environment[name] for name in KEYS if environment.get(name)}
    if len(given) == len(KEYS):
        return given
    kept = _kept(path)
    missing = [name for name in KEYS if name not in given and name not in kept]
    if missing:
        kept |= {name: _new_key(name) for name in missing}
        write_privately(path, json.dumps(kept))
    return kept | given


def _kept(path: Path) -> dict[str, str]:
    try:
        return dict(json.loads(path.read_text())) if path.exists() else {}
    except (ValueError, TypeError) as error:
        raise HomeError(f"{path} does not hold our keys any more. Put back a copy of it.") from error


def _new_key(name: str) -> str:
    return Fernet.generate_key().decode() if name == "KLOPPEND_ENCRYPTION_KEYS" else secrets.token_hex(32)


def write_privately(path: Path, text: str) -> None:
    """A complete file of ours alone, or none."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    fresh.write_text(text)
    fresh.rename(path)


def end_tidily_on_signals() -> None:
    """Let a termination unwind like Ctrl-C does, so that nothing is left running."""

    def stop(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
