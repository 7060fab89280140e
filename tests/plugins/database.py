"""Gives the whole test run a real PostgreSQL, before Django reads its settings."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from kloppend.outside.postgres import embedded_postgres

_running = ExitStack()


@pytest.hookimpl(tryfirst=True, wrapper=True)
def pytest_load_initial_conftests() -> Iterator[None]:
    """Start the embedded server unless DATABASE_URL names another one; set the keys that tests need."""
    if "DATABASE_URL" not in os.environ:
        folder = _running.enter_context(tempfile.TemporaryDirectory(prefix="kloppend-tests-"))
        server = embedded_postgres(Path(folder) / "postgres", throwaway=True)
        os.environ["DATABASE_URL"] = _running.enter_context(server)
    os.environ["KLOPPEND_ENCRYPTION_KEYS"] = Fernet.generate_key().decode()
    os.environ["KLOPPEND_HASH_KEY"] = "only for tests"
    os.environ["KLOPPEND_ALLOWED_NETWORKS"] = "127.0.0.0/8"
    os.environ["KLOPPEND_VIES"] = "off"  # no test asks the real one
    return (yield)


def pytest_unconfigure() -> None:
    """Stop it again."""
    _running.close()
