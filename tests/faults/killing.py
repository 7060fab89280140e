"""What a kill strikes, and how the work goes on after it: a store, its connection, and the files it comes to."""

import asyncio
import multiprocessing
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Literal

from django.db import connection as database
from django.db.models.functions import Now
from lxml import etree
from procrastinate.contrib.django import app

from kloppend.demo.stores import choices_for, recorded_stores
from kloppend.records.models import Administration, Connection, Merchant, Run, Timetable
from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
from kloppend.sync import jobs
from kloppend.sync.claims import Busy
from kloppend.sync.folders import folder_of
from kloppend.sync.runs import run_connection
from tests.faults.child import Failpoints

How = Literal["run", "worker", "two workers"]
HOWS: tuple[How, ...] = ("run", "run", "worker", "two workers")
NEVER = 0
API_KEY = "Geheim!Sleutel(2026)*Toets=1"
VERSION = "2.3.0.2"

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.child", "tests.faults.killing"])  # the first one sets Django up


class World:
    """A connection to a store of its own, and the files that somebody took away."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self._taken = connection, list[str]()

    def work(self, how: How, nth: int) -> tuple[bool, int]:
        """Let the work be done by other processes, the first of which dies at the nth step. Whether it did, and how
        many steps it came by otherwise.
        """
        if how != "run":
            jobs.ask(self.connection.pk)
        passed = PROCESSES.Value("i", 0)
        spare = PROCESSES.Value("i", 0)
        doing = [PROCESSES.Process(target=victim, args=(self.connection.pk, how, nth, passed))]
        if how == "two workers":
            doing.append(PROCESSES.Process(target=victim, args=(self.connection.pk, how, NEVER, spare)))
        for process in doing:
            process.start()
        for process in doing:
            process.join()
        return doing[0].exitcode == -9, passed.value

    def take_files(self) -> None:
        """Somebody imports what lies there, and takes it away."""
        for path in self._files():
            self._taken += numbers_in(path)
            path.unlink()

    def carry_on(self) -> None:
        """What happens by itself after a death: the lease runs out, the stalled job is rescued, a worker comes."""
        Timetable.objects.filter(pk=self.connection.pk).update(claimed_until=Now())
        asyncio.run(_rescue())
        jobs.work(once=True)
        run_connection(self.connection.pk, Run.Why.PERSON, datetime.now(UTC))

    def delivered(self) -> Counter[str]:
        """How often each order number stands in the files, those taken away included."""
        return Counter([*self._taken, *(number for path in self._files() for number in numbers_in(path))])

    def _files(self) -> Sequence[Path]:
        return [path for path in folder_of(self.connection).glob("*") if path.is_file()]


@contextmanager
def world() -> Iterator[World]:
    """A fresh one; at its end the connection is not run any more."""
    path = next(path for path in recorded_stores(None) if path.stem == VERSION)
    with StoreServer(SimulatedStore(path, API_KEY, "LIC")) as server:
        merchant, _ = Merchant.objects.get_or_create(name="Jansen")
        administration, _ = Administration.objects.get_or_create(kind="asperion_axml", label="ADM")
        connection = Connection.objects.create(
            name=f"De Proef {Connection.objects.count()}",
            merchant=merchant,
            administration=administration,
            shop_kind="opencart",
            shop_address=server.address,
            api_key=API_KEY,
            licence_key="LIC",
            settings=choices_for(VERSION),
        )
        try:
            yield World(connection)
        finally:
            Connection.objects.update(active=False)
            with database.cursor() as cursor:
                cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


def victim(connection_id: int, how: How, nth: int, passed: "Synchronized[int]") -> None:
    """In a process of its own: do the work, and die at the nth step. Tells how many steps it came by."""
    points = Failpoints(nth, armed=True, quiet=True)
    with points.everywhere():
        if how == "run":
            try:
                run_connection(connection_id, Run.Why.PERSON, datetime.now(UTC))
            except Busy:
                return
        else:
            jobs.work(once=True)
    passed.value = points.passed


def numbers_in(path: Path) -> list[str]:
    """The order numbers in a file, found without our own reader."""
    return [element.text or "" for element in etree.fromstring(path.read_bytes()).iter("OrderNumber")]


async def _rescue() -> None:
    with app.replace_connector(app.connector.get_worker_connector()) as worker:  # type: ignore[attr-defined]
        async with worker.open_async():
            await jobs.rescue(worker, silent_for=-1)
