"""The schedule sends the daily mails, and a mail server that hangs holds nothing else up."""

import socket
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail as outbox
from django.db import connection as database
from django.db import connections
from procrastinate.contrib.django import app
from pytest_django import Settings

from kloppend.records.models import Connection, MailSent, Merchant, Run
from kloppend.reports.mailing import send_mails_alone
from kloppend.sync import jobs
from kloppend.upkeep.doctor import mail as examined
from kloppend.upkeep.safety import Setup
from tests.sync.conftest import NOON, sync

PERIODIC = {(task.task.name, task.cron) for task in app.periodic_registry.periodic_tasks.values()}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _address(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    Merchant.objects.update(email="jansen@winkel.test")
    sync(connection)
    monkeypatch.setattr(app.periodic_registry, "periodic_tasks", {})
    with database.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")


class SilentServer:
    """A mail server that lets one in and then says nothing, until it is closed."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.called = threading.Event()
        self._callers: list[socket.socket] = []
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def _accept(self) -> None:
        try:
            while True:
                self._callers.append(self._listening.accept()[0])
                self.called.set()
        except OSError:  # closed
            return

    def close(self) -> None:
        if self._listening.fileno() < 0:
            return
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()
        for caller in self._callers:
            caller.close()


@pytest.fixture
def silent(settings: Settings) -> Iterator[SilentServer]:
    server = SilentServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 60
    yield server
    server.close()


def test_the_worker_sends_what_is_due(connection: Connection) -> None:
    app.tasks["mails"].defer(timestamp=0)
    with time_machine.travel(NOON):
        jobs.work(once=True)
    assert MailSent.objects.get().sent_at
    assert len(outbox.outbox) == 1


def test_every_minute() -> None:
    assert ("mails", "* * * * *") in PERIODIC


def test_mails_go_out_once(connection: Connection) -> None:
    assert send_mails_alone(NOON)
    assert send_mails_alone(NOON + timedelta(hours=1))
    assert len(outbox.outbox) == 1


def test_a_mail_server_that_hangs_holds_nothing_up(connection: Connection, silent: SilentServer) -> None:
    def mails() -> None:
        try:
            send_mails_alone(NOON)
        finally:
            connections.close_all()

    hanging = threading.Thread(target=mails)
    hanging.start()
    try:
        assert silent.called.wait(30)
        assert not send_mails_alone(NOON), "the next minute's job waits for nothing"
        jobs.ask(connection.pk)
        app.tasks["mails"].defer(timestamp=0)
        jobs.work(once=True)
        assert connection.runs.get().outcome != Run.Outcome.RUNNING
        assert hanging.is_alive()
    finally:
        silent.close()
        hanging.join(timeout=90)
    row = MailSent.objects.get()
    assert (row.sent_at, row.tried_at) == (None, NOON)
    items = list(examined(Setup(Path(".")), NOON))
    assert ("mail", "wrong") in [(item.name, item.state) for item in items]
    assert "jansen" not in str(items)
    assert send_mails_alone(NOON + timedelta(minutes=1)), "and the way is free again"
