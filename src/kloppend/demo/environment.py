"""Everything the demo stands on, in one folder: database, secrets, files. It starts there and stops there."""

import json
import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from cryptography.fernet import Fernet
from stamina.instrumentation import set_on_retry_hooks

from kloppend.outside.postgres import embedded_postgres


@contextmanager
def demo_environment(folder: Path) -> Iterator[None]:
    """Django on an embedded PostgreSQL in `folder`, tables up to date; stopped again however the demo ends."""
    _end_tidily_on_signals()
    set_on_retry_hooks([])  # retries are told in the report, not in between
    folder.mkdir(parents=True, exist_ok=True)
    with embedded_postgres(folder / "postgres") as url:
        os.environ.update(_secrets(folder / "secrets.json"))
        os.environ.update(
            DATABASE_URL=url,
            DJANGO_SETTINGS_MODULE="kloppend.web.settings",
            KLOPPEND_FILES_DIR=str(folder / "files"),
            KLOPPEND_ALLOWED_NETWORKS="127.0.0.0/8",  # the simulated stores live on this machine
        )
        import django
        from django.core.management import call_command
        from django.db import connections

        django.setup()
        call_command("migrate", verbosity=0, interactive=False)
        try:
            yield
        finally:
            connections.close_all()


def _secrets(path: Path) -> dict[str, str]:
    """The demo's own keys, made once, so that a second run can read what the first one stored."""
    if not path.exists():
        made = {
            "KLOPPEND_ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "KLOPPEND_HASH_KEY": secrets.token_hex(32),
            "KLOPPEND_SECRET_KEY": secrets.token_hex(32),
        }
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(made))
        fresh.rename(path)
    return dict(json.loads(path.read_text()))


def _end_tidily_on_signals() -> None:
    """Let a termination unwind like Ctrl-C does, so that nothing is left running."""

    def stop(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
