"""Posting to a second Asperion with faults of its own: nothing lost, nothing double, counted in that one."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import stamina
from django.conf import settings
from django.db import connection as database

from kloppend.books.asperion.simulator.simulated import CLIENT
from kloppend.records.models import Connection, Delivery, Invoice, Order
from kloppend.sync.credits.proposals import last_seen, make_credit
from tests.faults.other_asperion import OtherAsperion, other_asperion
from tests.sync.api_world import ApiWorld, api_world
from tests.sync.conftest import NOON, sync

pytestmark = pytest.mark.django_db
LATER = (1, 4, 12, 24, 66, 68, 80, 140, 200)
HOWS = ("lost before", "lost after", "500 after", "html", "redirect", "cut off", "no id", "late", "429")


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiWorld]:
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_ID", CLIENT.client_id)
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_SECRET", CLIENT.client_secret)
    with stamina.set_testing(True, attempts=1), api_world() as made:
        yield made


@pytest.fixture
def other(world: ApiWorld) -> Iterator[OtherAsperion]:
    with other_asperion(world.connection.administration.label) as made:
        world.connection.settings["books_options"]["api"] = made.address
        world.connection.save()
        yield made


def carry_on(world: ApiWorld, other: OtherAsperion, began: timedelta = timedelta(0)) -> None:
    for minutes in LATER:
        if minutes > 20:
            other.books_late()
        sync(world.connection, NOON + began + timedelta(minutes=minutes))


def assert_each_once(world: ApiWorld, other: OtherAsperion, least: int = 5) -> None:
    assert set(other.invoices) == {other.tenant}
    booked = Counter((row["Description"], row["AmountInclVat"]) for row in other.invoices[other.tenant])
    living = Invoice.objects.filter(void=False).select_related("delivery")
    wanted = Counter[tuple[str, float]]()
    for each in living:
        (text,) = [text for text, _ in booked if (each.delivery.reference or "-") in text]
        wanted[text, float(each.total_inc_vat)] += 1
    assert booked == wanted
    assert booked.total() >= least
    assert not Order.objects.filter(state__in=["ready", "sealed", "uncertain"]).exists()
    assert not Delivery.objects.filter(state__in=Delivery.UNDECIDED).exists()
    emails = Counter(row["EmailAddress"].casefold() for row in other.debtors[other.tenant])
    assert set(emails.values()) == {1}


def strike(other: OtherAsperion, nth: int, how: str) -> None:
    """Only this call, counted from now on."""
    first = len(other.calls)
    other.trouble = lambda number, _method, _path: how if number == first + nth else ""


def test_posts_to_it_at_all(world: ApiWorld, other: OtherAsperion) -> None:
    sync(world.connection)
    assert_each_once(world, other)
    told = world.connection.problems.filter(code__startswith="BOOK", closed_at=None)
    assert not told.exclude(code="BOOKS_CHOICE_GONE").exists()  # this one has no lists to choose from
    assert not Delivery.objects.filter(checked_at=None).exists()


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("nth", [2, 4, 6, 7, 9])
def test_trouble_in_the_middle_of_this_call(world: ApiWorld, other: OtherAsperion, nth: int, how: str) -> None:
    strike(other, nth, how)
    sync(world.connection)
    carry_on(world, other)
    assert_each_once(world, other)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("nth", [1, 2])
def test_trouble_in_the_middle_of_a_credit_note(world: ApiWorld, other: OtherAsperion, nth: int, how: str) -> None:
    sync(world.connection)
    first = Order.objects.filter(state="delivered").order_by("pk")[0]
    make_credit(world.connection, first, "all", NOON, "user-1", "changed", seen=last_seen(first), again=True)
    strike(other, nth, how)
    sync(world.connection, NOON + timedelta(hours=1))
    carry_on(world, other, timedelta(hours=1))
    assert_each_once(world, other)
    notes = [row for row in other.invoices[other.tenant] if row["AmountInclVat"] < 0]
    assert [row["Description"].split()[0][-4:] for row in notes] == ["-C1."]
    assert first.invoices.filter(kind="invoice", void=False).count() == 2


def test_filters_that_are_ignored(world: ApiWorld, other: OtherAsperion) -> None:
    other.filters = False
    sync(world.connection)
    world.store.add_order(world.store.records[0])
    other.trouble = lambda _number, method, path: "lost before" if method == "POST" else ""
    sync(world.connection, NOON + timedelta(hours=1))
    other.trouble = lambda *_: ""
    carry_on(world, other, timedelta(hours=1))
    assert_each_once(world, other)


def test_a_row_that_cannot_be_read_is_no_proof_that_it_is_not_there(world: ApiWorld, other: OtherAsperion) -> None:
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    other.trouble = lambda _number, method, _path: "lost after" if method == "POST" else ""
    sync(world.connection, NOON + timedelta(hours=1))
    other.trouble = lambda *_: ""
    other.invoices[other.tenant][-1]["AmountInclVat"] = None
    carry_on(world, other, timedelta(hours=1))
    assert Order.objects.get(shop_order_id=new).state == Order.State.UNCERTAIN
    assert sum(f"-{new}." in row["Description"] for row in other.invoices[other.tenant]) == 1


def test_an_administration_that_is_not_ours_gets_nothing(world: ApiWorld, other: OtherAsperion) -> None:
    """Something on the way takes the tenant's header out: the default administration answers."""
    asked = other.answer

    def default(method: str, path: str, query: dict[str, str], tenant: str, body: bytes) -> tuple[int, Any, str]:
        return asked(method, path, query, "1", body)

    other.answer = default  # type: ignore[method-assign]
    sync(world.connection)
    assert not other.invoices
    assert not other.debtors
    assert world.connection.problems.filter(code="BOOKS_OTHER_ADMINISTRATION", closed_at=None).exists()


def test_books_that_keep_what_they_were_only_to_check(world: ApiWorld, other: OtherAsperion) -> None:
    did = other._do

    def keeps(method: str, path: str, query: dict[str, str], tenant: str, body: bytes) -> tuple[int, Any]:
        return did(method, path, {name: text for name, text in query.items() if name != "validateOnly"}, tenant, body)

    other._do = keeps  # type: ignore[method-assign]
    sync(world.connection)
    carry_on(world, other)
    assert_each_once(world, other)


@pytest.mark.django_db(transaction=True)  # the other server's thread pauses it
def test_a_paused_connection_posts_nothing_more(world: ApiWorld, other: OtherAsperion) -> None:
    """Paused in the middle of a run: between an intent and its request."""

    def pause(_number: int, _method: str, _path: str) -> str:
        Connection.objects.update(active=False)
        database.close()
        return ""

    other.trouble = pause
    sync(world.connection)
    assert not other.invoices
