"""What a kill strikes, and how the work goes on after it: a store, its connection, and what ends up in the books."""

import asyncio
import multiprocessing
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path
from typing import Literal, Protocol

from django.db import connection as database
from django.db.models.functions import Now
from lxml import etree
from procrastinate.contrib.django import app

from kloppend.books.asperion.simulator import Fault
from kloppend.demo.stores import choices_for, recorded_stores
from kloppend.domain.crediting import Wanted
from kloppend.records.models import Administration, Connection, Delivery, Merchant, Order, Run, Timetable
from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
from kloppend.sync import jobs
from kloppend.sync.claims import Busy
from kloppend.sync.credits.proposals import make_credit
from kloppend.sync.credits.sending import unsent
from kloppend.sync.files.folders import folder_of
from kloppend.sync.runs import run_connection
from tests.faults.child import Failpoints
from tests.sync.api_world import ApiWorld, api_world

How = Literal["run", "worker", "two workers"]
HOWS: tuple[How, ...] = ("run", "run", "worker", "two workers")
NEVER = 0
API_KEY = "Geheim!Sleutel(2026)*Toets=1"
VERSION = "2.3.0.2"

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.child", "tests.faults.killing"])  # the first one sets Django up


class World(Protocol):
    """A connection to a store of its own, and the books it leads to."""

    connection: Connection

    def work(self, how: How, nth: int) -> tuple[bool, int]:
        """Do the work in other processes; whether the nth step killed the first, and how many steps it came by."""
        ...

    def disturb(self, chance: random.Random) -> str:
        """Now and then something goes wrong besides the kill; what, in a word."""
        ...

    def struck(self, trouble: str) -> None:
        """The kill has struck; this was the trouble."""
        ...

    def carry_on(self) -> None:
        """What happens by itself after a death."""
        ...

    def delivered(self) -> Counter[str]:
        """How often each order number stands in the books."""
        ...


class Killed:
    """Work that is killed."""

    connection: Connection

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

    def _next_worker(self) -> None:
        """The lease runs out, the stalled job is rescued, a worker comes."""
        Timetable.objects.filter(pk=self.connection.pk).update(claimed_until=Now())
        asyncio.run(_rescue())
        jobs.work(once=True)


class FileWorld(Killed):
    """Books that take files, and the files that somebody took away."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self._taken = connection, list[str]()

    def disturb(self, chance: random.Random) -> str:
        """Now and then somebody takes the files away, right after the kill."""
        return "taken" if chance.random() < 0.25 else ""

    def struck(self, trouble: str) -> None:
        """Somebody imports what lies there, and takes it away."""
        for path in self._files() if trouble else ():
            self._taken += numbers_in(path)
            path.unlink()

    def carry_on(self) -> None:
        """What happens by itself after a death: the lease runs out, the stalled job is rescued, a worker comes."""
        self._next_worker()
        run_connection(self.connection.pk, Run.Why.PERSON, datetime.now(UTC))

    def delivered(self) -> Counter[str]:
        """How often each order number stands in the files, those taken away included."""
        return Counter([*self._taken, *(number for path in self._files() for number in numbers_in(path))])

    def _files(self) -> Sequence[Path]:
        return [path for path in folder_of(self.connection).glob("*") if path.is_file()]


TROUBLES: Sequence[tuple[Fault, str]] = (
    (Fault.LOST_ANSWER, "/v1/salesinvoiceswithlines"),
    (Fault.LOST_REQUEST, "/v1/salesinvoiceswithlines"),
    (Fault.ERROR_AFTER, "/v1/salesinvoiceswithlines"),
    (Fault.BOOKED_LATE, "1500"),
    (Fault.LOST_ANSWER, "/v1/debtors"),
)


class AnsweringWorld(Killed):
    """Books that are reached by their API, with a clock that can be moved."""

    def __init__(self, world: ApiWorld) -> None:
        self.world, self.connection = world, world.connection

    def disturb(self, chance: random.Random) -> str:
        """Now and then a request or an answer gets lost as well, or the books book late."""
        if chance.random() < 0.6:
            return ""
        fault, value = chance.choice(TROUBLES)
        self.world.on(fault, value, times=chance.randint(1, 2))
        return f"{fault} {value}"

    def struck(self, trouble: str) -> None:
        """The books work again."""
        self.world.heal()

    def carry_on(self) -> None:
        """The next worker comes, and the tick comes back until nothing is unclear; then the next day."""
        self._next_worker()
        began = datetime.now(UTC)
        for minutes in (1, 4, 12, 24, 66, 68, 80, 140, 200):
            self._run(began, timedelta(minutes=minutes))
            if not self._open():
                break
        self._run(began, timedelta(days=1))

    def _run(self, began: datetime, later: timedelta) -> None:
        """Access may be lost with a token that was on its way: then its owner gives it again."""
        self.world.asperion.clock_offset = later.total_seconds()
        run_connection(self.connection.pk, Run.Why.PERSON, began + later)
        if self.connection.problems.filter(code="BOOKS_ACCESS_LOST", closed_at=None).exists():
            self.world.consent()
            run_connection(self.connection.pk, Run.Why.PERSON, began + later)

    def _open(self) -> bool:
        undecided = [Delivery.State.INTENDED, Delivery.State.SENDING, Delivery.State.UNCLEAR]
        mine = Delivery.objects.filter(invoice__order__connection=self.connection, state__in=undecided)
        waits = unsent(self.connection).exists()
        return mine.exists() or waits or self.connection.orders.filter(state=Order.State.READY).exists()

    def delivered(self) -> Counter[str]:
        """Counted in the simulated books."""
        return self.world.booked()


@contextmanager
def answering_world() -> Iterator[AnsweringWorld]:
    """A fresh one, whose first token must be renewed; at its end the connection is not run any more."""
    with api_world(VERSION) as world:
        world.consent(valid=timedelta(0))
        try:
            yield AnsweringWorld(world)
        finally:
            _put_away()


@contextmanager
def crediting_world() -> Iterator[AnsweringWorld]:
    """Everything is posted; one order is credited in full and to be invoiced again, one in part, and one is new."""
    with answering_world() as fresh:
        world, connection = fresh.world, fresh.connection
        run_connection(connection.pk, Run.Why.PERSON, datetime.now(UTC))
        connection.refresh_from_db()
        first, second = connection.orders.filter(state=Order.State.DELIVERED).order_by("pk")[:2]
        at = datetime.now(UTC)
        make_credit(connection, first, "all", at, "user-7", "changed", seen=0, again=True)
        make_credit(connection, second, [Wanted(position=1, gross=Decimal("1.00"))], at, "user-7", "goodwill", seen=0)
        world.store.add_order(world.store.records[0])
        yield fresh


@contextmanager
def file_world() -> Iterator[FileWorld]:
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
            yield FileWorld(connection)
        finally:
            _put_away()


def _put_away() -> None:
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
