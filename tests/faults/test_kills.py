"""A process that dies anywhere between sealing and placing leaves one file with one set of bytes. So do two at once."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection as database

from kloppend.books.asperion.simulator.simulated import CLIENT
from kloppend.demo.stores import recorded_stores
from kloppend.records.events import broken_at
from kloppend.records.models import Batch, Connection, Invoice, Order
from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
from kloppend.sync.files.folders import folder_of
from tests.sync.conftest import API_KEY, NOON, make_connection, sync

STEPS = 20
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A connection whose orders are fetched and ready, with the day's file due."""
    monkeypatch.setattr(settings, "KLOPPEND_FILES_DIR", str(tmp_path / "files"))
    path = next(path for path in recorded_stores(None) if path.stem == "2.3.0.2")
    with StoreServer(SimulatedStore(path, API_KEY, "LIC")) as server:
        connection = make_connection(server, file_time="18:00")
        sync(connection)
        connection.refresh_from_db()
        connection.settings["file_time"] = "00:00"
        connection.save()
        yield connection


def environment() -> dict[str, str]:
    """With it another process works on the same database and folder."""
    where = database.settings_dict
    url = f"postgresql://{where['USER']}:{where['PASSWORD']}@/{where['NAME']}?host={where['HOST']}"
    return os.environ | {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "kloppend.web.settings",
        "KLOPPEND_FILES_DIR": str(settings.KLOPPEND_FILES_DIR),
        "KLOPPEND_ENCRYPTION_KEYS": ",".join(settings.KLOPPEND_ENCRYPTION_KEYS),
        "KLOPPEND_HASH_KEY": settings.KLOPPEND_HASH_KEY,
        "KLOPPEND_ALLOWED_NETWORKS": "127.0.0.0/8",
        "KLOPPEND_ASPERION_CLIENT_ID": CLIENT.client_id,
        "KLOPPEND_ASPERION_CLIENT_SECRET": CLIENT.client_secret,
        "PYTHONPATH": os.pathsep.join(sys.path),
    }


def worker(connection: Connection, nth: int, *work: str, at: datetime = NOON) -> "subprocess.Popen[str]":
    """A process of its own on the same database and folder; `work` is "recall", or nothing for a run."""
    arguments = [sys.executable, "-m", "tests.faults.child", str(connection.pk), str(nth), at.isoformat(), *work]
    return subprocess.Popen(arguments, env=environment(), stdout=subprocess.PIPE, text=True)


def finish(process: "subprocess.Popen[str]") -> str:
    with process:
        printed, _ = process.communicate(timeout=120)
    return printed


def assert_one_file_one_set_of_bytes(connection: Connection, *, taken: bool = False) -> None:
    batch = Batch.objects.get(connection=connection)
    files = [path for path in folder_of(connection).rglob("*") if path.is_file()]
    assert [path.name for path in files] == ([] if taken else [batch.name])
    for path in files:
        assert path.read_bytes() == bytes(batch.content.content)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == batch.sha256
    assert batch.state == Batch.State.PLACED
    delivered = Order.objects.filter(connection=connection, state=Order.State.DELIVERED)
    assert delivered.count() == Invoice.objects.count() == batch.deliveries.count() >= 3
    assert not Order.objects.filter(connection=connection, state__in=["ready", "sealed"]).exists()
    assert all(broken_at(order) is None for order in Order.objects.all())
    assert all(order.events.filter(kind="delivered").count() == 1 for order in delivered)


def test_the_kills_below_cover_every_step(ready: Connection) -> None:
    printed = finish(worker(ready, 0)).splitlines()
    assert len(printed) == STEPS, printed
    assert_one_file_one_set_of_bytes(ready)


@pytest.mark.parametrize("nth", range(1, STEPS + 1))
def test_killed_at_this_step_and_run_again(ready: Connection, nth: int) -> None:
    process = worker(ready, nth)
    printed = finish(process)
    assert process.returncode == -9, printed
    sync(ready)
    assert_one_file_one_set_of_bytes(ready)
    sync(ready)
    assert_one_file_one_set_of_bytes(ready)


def test_a_file_taken_before_the_commit_is_not_written_again(ready: Connection) -> None:
    steps = finish(worker(ready, 0)).splitlines()
    rename = next(int(step.split()[0]) for step in steps if step.endswith("after rename"))
    assert rename  # the order of steps is the same in every run, so it is used for the next store below
    fresh = Connection.objects.get(pk=ready.pk)
    _forget_the_file(fresh)
    assert finish(worker(fresh, rename)).splitlines()[-1].endswith("after rename")
    (taken,) = (path for path in folder_of(fresh).iterdir() if path.is_file())
    taken.unlink()
    sync(fresh)
    assert_one_file_one_set_of_bytes(fresh, taken=True)


def _forget_the_file(connection: Connection) -> None:
    """Back to before sealing, as a test may and the product may not."""
    for path in folder_of(connection).iterdir():
        if path.is_file():
            path.unlink()
    with database.cursor() as cursor:
        cursor.execute("TRUNCATE records_invoice, records_batch, records_event, records_debtorlink CASCADE")
        cursor.execute("UPDATE records_order SET state = 'ready' WHERE state = 'delivered'")


def test_two_processes_at_once_make_one_file(ready: Connection) -> None:
    both = [worker(ready, 0), worker(ready, 0)]
    for process in both:
        finish(process)
    assert [process.returncode for process in both] == [0, 0]
    assert_one_file_one_set_of_bytes(ready)
