"""A process that dies anywhere while a file goes to an SFTP server: it goes there once. So do two at once."""

from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import pytest
from django.conf import settings

from kloppend.records.models import Administration, Batch, Connection, Invoice, Order
from tests.faults.test_kills import finish, ready, worker  # noqa: F401
from tests.sync.conftest import NOON, UBL, sync
from tests.sync.sftp_server import Running, sftp_server
from tests.sync.test_sftp import use

STEPS, RECALL_STEPS = 10, 6
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def remote(ready: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:  # noqa: F811
    """The server that the connection's files go to."""
    monkeypatch.setattr(settings, "KLOPPEND_ALLOWED_NETWORKS", (ip_network("127.0.0.0/8"),))
    ready.administration = Administration.objects.create(kind="ubl", label="ADM")
    ready.settings["books_options"] = UBL
    ready.save()
    with sftp_server(tmp_path / "remote") as running:
        use(ready, running)
        yield running


def assert_there_once(connection: Connection, remote: Running) -> None:
    batch = Batch.objects.get(connection=connection)
    assert (batch.state, batch.taking_back) == (Batch.State.PLACED, False)
    assert (remote.visible(), remote.hidden()) == ([batch.name], [])
    assert (remote.root / batch.name).read_bytes() == bytes(batch.content.content)
    assert Order.objects.filter(state="delivered").count() == batch.deliveries.count() >= 3
    assert not Order.objects.filter(state__in=["ready", "sealed"]).exists()


def test_the_kills_below_cover_every_step(ready: Connection, remote: Running) -> None:  # noqa: F811
    printed = finish(worker(ready, 0)).splitlines()
    assert len(printed) == STEPS, printed
    assert_there_once(ready, remote)
    printed = finish(worker(ready, 0, "recall")).splitlines()
    assert len(printed) == RECALL_STEPS, printed
    assert (remote.visible(), remote.hidden()) == ([], [])


@pytest.mark.parametrize("nth", range(1, STEPS + 1))
def test_killed_at_this_step_and_run_again(ready: Connection, remote: Running, nth: int) -> None:  # noqa: F811
    process = worker(ready, nth)
    printed = finish(process)
    assert process.returncode == -9, printed
    sync(ready)
    sync(ready)
    assert_there_once(ready, remote)


@pytest.mark.parametrize("nth", range(1, RECALL_STEPS + 1))
def test_a_recall_killed_at_this_step_happened_or_not(ready: Connection, remote: Running, nth: int) -> None:  # noqa: F811
    sync(ready)
    process = worker(ready, nth, "recall")
    printed = finish(process)
    assert process.returncode == -9, printed
    sync(ready, NOON)
    if Batch.objects.get().state == Batch.State.PLACED:
        assert_there_once(ready, remote)
    else:
        assert (remote.visible(), remote.hidden()) == ([], [])
        assert not Invoice.objects.filter(void=False).exists()
        assert not Order.objects.filter(state__in=["sealed", "delivered"]).exists()


def test_two_processes_at_once_send_one_file(ready: Connection, remote: Running) -> None:  # noqa: F811
    both = [worker(ready, 0), worker(ready, 0)]
    for process in both:
        finish(process)
    assert [process.returncode for process in both] == [0, 0]
    assert_there_once(ready, remote)
