"""A database of one's own beside the tests' database, because a restore replaces everything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import connection as database
from pytest_django.plugin import DjangoDbBlocker

from tests.sync.conftest import _files, server, store

__all__ = ["_files", "server", "store"]

Elsewhere = Callable[[str], None]


@pytest.fixture
def elsewhere(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Elsewhere]:
    """Call it with a name to go on in a fresh database of that name, tables up to date; all are dropped at the end."""
    home, made = database.settings_dict["NAME"], []

    def go(name: str) -> None:
        with _in(home), database.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
        made.append(name)
        database.settings_dict["NAME"] = name
        call_command("migrate", verbosity=0, interactive=False)

    with django_db_blocker.unblock():
        yield go
        with _in(home), database.cursor() as cursor:
            for name in made:
                cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        database.close()


@contextmanager
def _in(name: str) -> Iterator[None]:
    database.close()
    database.settings_dict["NAME"] = name
    yield
    database.close()
