"""A recall that dies anywhere has happened or has not: the file lies in its place, or its orders go into a new one."""

from pathlib import Path

import pytest

from kloppend.records.events import broken_at
from kloppend.records.models import Batch, Connection, Invoice, Order
from kloppend.sync.files.folders import folder_of
from tests.faults.test_kills import assert_one_file_one_set_of_bytes, finish, ready, worker  # noqa: F401
from tests.sync.conftest import NOON, sync
from tests.sync.test_trouble import TOMORROW

STEPS = 14
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def placed(ready: Connection) -> Connection:  # noqa: F811
    """A connection with the day's file in its place."""
    sync(ready)
    assert_one_file_one_set_of_bytes(ready)
    return ready


def files(connection: Connection) -> list[Path]:
    return [path for path in folder_of(connection).rglob("*") if path.is_file()]


def assert_recalled(connection: Connection) -> None:
    assert Batch.objects.get().state == Batch.State.RECALLED
    assert not files(connection)
    assert not Invoice.objects.filter(void=False).exists()
    assert not Order.objects.filter(state__in=["sealed", "delivered"]).exists()
    assert Order.objects.filter(state="ready").count() == Invoice.objects.count() >= 3


def test_the_kills_below_cover_every_step(placed: Connection) -> None:
    printed = finish(worker(placed, 0, "recall")).splitlines()
    assert len(printed) == STEPS, printed
    assert_recalled(placed)


@pytest.mark.parametrize("nth", range(1, STEPS + 1))
def test_killed_at_this_step_it_happened_or_not(placed: Connection, nth: int) -> None:
    process = worker(placed, nth, "recall")
    printed = finish(process)
    assert process.returncode == -9, printed
    sync(placed, NOON)
    if Batch.objects.get().state == Batch.State.PLACED:
        assert_one_file_one_set_of_bytes(placed)
    else:
        assert_recalled(placed)
    sync(placed, TOMORROW)
    living = Invoice.objects.filter(void=False)
    assert living.count() == Order.objects.filter(state=Order.State.DELIVERED).count() >= 3
    assert {path.name for path in files(placed)} == {
        batch.name for batch in Batch.objects.exclude(state=Batch.State.RECALLED)
    }
    assert all(broken_at(order) is None for order in Order.objects.all())


def test_two_at_once_recall_once(placed: Connection) -> None:
    both = [worker(placed, 0, "recall"), worker(placed, 0, "recall")]
    printed = [finish(process) for process in both]
    assert sum("FILE_RECALLED" in text for text in printed) == 1
    assert_recalled(placed)
    assert Batch.objects.get().events.filter(kind="recalled").count() == 1
    assert all(order.events.filter(kind="recalled").count() <= 1 for order in Order.objects.all())


def test_a_recall_while_the_connection_runs(placed: Connection) -> None:
    both = [worker(placed, 0, "recall"), worker(placed, 0)]
    for process in both:
        finish(process)
    assert [process.returncode for process in both] == [0, 0]
    assert_recalled(placed)
