"""Sealing decides again: what happened between looking and sealing counts."""

from datetime import date, timedelta

import pytest

from kloppend.books.port import BooksSettings, FileHeading, RenderedFile
from kloppend.books.registry import open_books
from kloppend.domain.problems import Problem
from kloppend.records.models import Batch, Connection, Invoice, Order
from kloppend.sync.choices import choices_of
from kloppend.sync.files.folders import folder_of
from kloppend.sync.files.sealing import seal
from tests.sync.conftest import NOON, sync

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 24)


@pytest.fixture
def settled(connection: Connection) -> Connection:
    """Orders fetched and found ready, the file not yet due."""
    connection.settings["file_time"] = "23:00"
    connection.save()
    sync(connection)
    return Connection.objects.get(pk=connection.pk)


def seal_now(connection: Connection) -> Batch | None:
    books = open_books("asperion_axml", BooksSettings(administration="ADM"))
    return seal(connection.pk, choices_of(connection.settings), books, DAY, NOON)


def test_an_order_no_longer_due_stays_out(settled: Connection) -> None:
    Order.objects.filter(shop_order_id="1").update(already_booked=True)
    batch = seal_now(settled)
    assert batch
    assert batch.deliveries.count() == 4
    order = Order.objects.get(shop_order_id="1")
    assert (order.state, order.reason) == (Order.State.SKIPPED, "ALREADY_BOOKED")


def test_nothing_left_to_send_makes_no_file(settled: Connection) -> None:
    Order.objects.update(already_booked=True)
    assert seal_now(settled) is None
    assert not Invoice.objects.exists()


def test_a_file_that_does_not_add_up_is_not_sealed(settled: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Problem.of("FILE_NAME_TAKEN", name="x", folder="y")
    monkeypatch.setattr("kloppend.books.asperion.axml.AxmlBooks.check", lambda *_: (wrong,))
    assert seal_now(settled) is None
    assert not Batch.objects.exists()
    assert Order.objects.filter(state=Order.State.READY).count() == 5
    assert settled.problems.filter(code=wrong.code, closed_at=None).exists()


@pytest.mark.parametrize("name", ["../elsewhere.xml", "a/b.xml", ".hidden", "..", ""])
def test_a_file_name_cannot_lead_elsewhere(settled: Connection, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    def render(self: object, heading: FileHeading, documents: object) -> RenderedFile:
        return RenderedFile(name=name, content=b"<x/>")

    monkeypatch.setattr("kloppend.books.asperion.axml.AxmlBooks.render", render)
    monkeypatch.setattr("kloppend.books.asperion.axml.AxmlBooks.check", lambda *_: ())
    with pytest.raises(ValueError, match="elsewhere"):
        seal_now(settled)
    assert not Batch.objects.exists()


def test_a_half_placed_file_is_finished_also_before_the_day_s_time(settled: Connection) -> None:
    batch = seal_now(settled)
    assert batch
    assert not folder_of(settled).exists()
    sync(settled, NOON + timedelta(hours=1))
    assert (folder_of(settled) / batch.name).is_file()
    assert Batch.objects.get().state == Batch.State.PLACED
