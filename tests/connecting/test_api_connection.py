"""A connection to books that answer goes live only when they say that all is well; and changing the channel of a live
one sends nothing twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings

from kloppend.books.asperion.simulator import Fault
from kloppend.books.asperion.simulator.simulated import CLIENT
from kloppend.books.port import ApiBooks
from kloppend.connecting.activate import Attempt, change, connect
from kloppend.connecting.draft import Draft, draft_of
from kloppend.records.models import Batch, Connection, Delivery, Invoice, Order
from kloppend.sync import means
from kloppend.sync.files.sealing import seal
from kloppend.sync.posting import Desk, post
from tests.books.asperion_rig import OPTIONS
from tests.connecting.conftest import _files
from tests.sync.api_world import ApiWorld, api_world
from tests.sync.conftest import NOON, sync

__all__ = ["_files"]
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiWorld]:
    with api_world() as made:
        urls = {name: made.connection.settings["books_options"][name] for name in ("api", "identity")}
        monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_ID", CLIENT.client_id)
        monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_SECRET", CLIENT.client_secret)
        monkeypatch.setattr(settings, "OPTIONS_OF_BOOKS", {"asperion_rest": urls})
        yield made


def through_api(draft: Draft, label: str) -> Draft:
    return draft.with_books("asperion_rest", label).with_settings(books_options=OPTIONS)


def by_file(draft: Draft) -> Draft:
    return draft.with_books("asperion_axml", "ADM-1234")


def now(world: ApiWorld) -> Connection:
    return Connection.objects.select_related("administration").get(pk=world.connection.pk)


def try_to(world: ApiWorld, draft: Draft) -> Attempt:
    return change(now(world), draft, NOON)


def codes(attempt: Attempt) -> set[str]:
    return {problem.code for result in attempt.results for problem in result.problems if result.outcome == "failed"}


def test_a_connection_goes_live_when_the_books_would_take_a_real_order(world: ApiWorld) -> None:
    Connection.objects.update(active=False)
    attempt = try_to(world, draft_of(now(world)))
    assert (attempt.done, codes(attempt)) == (True, set())
    assert not world.invoices
    assert not world.debtors
    (tried,) = [result for result in attempt.results if result.name == "test_order"]
    assert tried.outcome == "ok"
    assert tried.detail["order"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"journal": "71"}, "BOOKS_CHOICE_GONE"),
    ({"journal": ""}, "BOOKS_CHOICES_MISSING"),
    ({"debtor_kind": ""}, "BOOKS_CHOICES_MISSING"),
    ({"vat": []}, "BOOKS_CHOICES_MISSING"),
    ({"payment_conditions": {"IDEAL": 9}}, "BOOKS_CHOICE_GONE"),
    ({"rounding": {"vat_code": "6", "ledger_account": 8999}}, "BOOKS_CHOICE_GONE"),
    ({"nonsense": 1}, "SETTINGS_INVALID"),
]


@pytest.mark.parametrize(("options", "code"), WRONG)
def test_what_is_chosen_wrongly_keeps_it_from_going_live(world: ApiWorld, options: dict[str, Any], code: str) -> None:
    draft = draft_of(now(world))
    attempt = try_to(world, draft.with_settings(books_options={**OPTIONS, **options}))
    assert not attempt.done
    assert code in codes(attempt)
    assert now(world).settings == draft.settings, "a live connection goes on as it was"


def test_the_books_have_the_last_word(world: ApiWorld) -> None:
    draft = draft_of(now(world))
    assert codes(try_to(world, draft.with_books("asperion_rest", ""))) == {"ADMINISTRATION_NOT_CHOSEN"}
    assert codes(try_to(world, draft.with_books("asperion_rest", "999"))) == {"ADMINISTRATION_GONE"}
    world.on(Fault.ERROR_BEFORE, "/v1/salesinvoiceswithlines")
    world.asperion.administrations[1].add_debtor({"name": "Iemand", "address": "x", "debtorKindId": "1"})
    assert codes(try_to(world, draft)) == {"BOOKS_UNREACHABLE"}
    world.heal()
    world.on(Fault.ACCESS_EXPIRED)
    world.on(Fault.REFRESH_REFUSED)
    assert codes(try_to(world, draft)) == {"BOOKS_ACCESS_LOST"}


def test_a_vat_code_closed_in_the_books_is_told(world: ApiWorld) -> None:
    for row in world.asperion.administrations[1].vat_codes:
        if row["id"] == "1":
            row["validUntil"] = "2026-10-31T00:00:00"
    attempt = try_to(world, draft_of(now(world)))
    assert codes(attempt) == {"BOOKS_CHOICE_GONE"}


def test_without_any_access_nothing_goes_live(world: ApiWorld) -> None:
    fresh = through_api(draft_of(now(world)), "102").changed(name="Nieuw")
    assert codes(connect(fresh, NOON)) == {"BOOKS_ACCESS_NOT_GIVEN"}
    assert not Connection.objects.get(name="Nieuw").active


def invoices_per_order() -> Counter[str]:
    return Counter(Invoice.objects.filter(void=False).values_list("order__shop_order_id", flat=True))


def filed() -> set[str]:
    return set(Order.objects.filter(invoices__delivery__batch__isnull=False).values_list("shop_order_id", flat=True))


def test_changing_the_channel_and_back_sends_nothing_twice(world: ApiWorld) -> None:
    label = now(world).administration.label
    assert try_to(world, by_file(draft_of(now(world)))).done
    sync(world.connection)
    first = filed()
    assert first
    waits = world.store.add_order(world.store.records[0])
    sync(world.connection, NOON + timedelta(hours=1))
    assert Order.objects.get(shop_order_id=waits).state == Order.State.READY
    assert try_to(world, through_api(draft_of(now(world)), label)).done
    sync(world.connection, NOON + timedelta(hours=2))
    booked = world.booked()
    assert booked[waits] == 1
    assert not first & booked.keys()
    assert try_to(world, draft_of(now(world)).with_books("asperion_axml")).done
    assert now(world).administration.label == "ADM-1234", "what this channel had is kept"
    later = world.store.add_order(world.store.records[0])
    sync(world.connection, NOON + DAY)
    assert filed() - first == {later}
    assert try_to(world, draft_of(now(world)).with_books("asperion_rest")).done
    assert now(world).settings["books_options"] == OPTIONS
    sync(world.connection, NOON + 2 * DAY)
    assert world.booked() == booked
    assert not filed() & booked.keys()
    assert set(invoices_per_order().values()) == {1}


def test_a_sealed_file_that_was_not_placed_yet_is_placed_after_the_change(world: ApiWorld) -> None:
    label = now(world).administration.label
    assert try_to(world, by_file(draft_of(now(world)))).done
    Connection.objects.update(verify_before_sending=True)  # only fetched
    sync(world.connection)
    Connection.objects.update(verify_before_sending=False)
    present = means.means_of(now(world))
    assert seal(world.connection.pk, present.choices, means.files_of(present.books), NOON.date(), NOON)
    assert try_to(world, through_api(draft_of(now(world)), label)).done
    sync(world.connection, NOON + timedelta(hours=1))
    assert Batch.objects.get().state == Batch.State.PLACED
    assert not filed() & world.booked().keys()


def test_while_an_outcome_is_unclear_the_books_stay(world: ApiWorld) -> None:
    world.on(Fault.LOST_ANSWER, "/v1/salesinvoiceswithlines")
    sync(world.connection)
    world.heal()
    assert Delivery.objects.filter(state__in=Delivery.UNDECIDED).exists()
    for draft in (by_file(draft_of(now(world))), draft_of(now(world)).with_books("asperion_rest", "101")):
        assert codes(try_to(world, draft)) == {"ADMINISTRATION_IN_USE"}
    sync(world.connection, NOON + timedelta(hours=2))
    assert try_to(world, by_file(draft_of(now(world)))).done


def test_a_run_that_began_before_the_change_sends_nothing_the_old_way(world: ApiWorld) -> None:
    """A worker holds what it read when its run began."""
    sync(world.connection)
    before, new = now(world), world.store.add_order(world.store.records[0])
    old = means.means_of(before)
    assert isinstance(old.books, ApiBooks)
    assert try_to(world, by_file(draft_of(before))).done
    Connection.objects.update(verify_before_sending=True)  # only fetched
    sync(world.connection)
    Connection.objects.update(verify_before_sending=False)
    assert Order.objects.get(shop_order_id=new).state == Order.State.READY
    desk = Desk(connection=before, means=old, books=old.books, at=NOON, check=lambda: None)
    assert list(post(desk)) == []
    assert new not in world.booked()
    files = means.files_of(means.means_of(now(world)).books)
    assert try_to(world, through_api(draft_of(now(world)), before.administration.label)).done
    assert seal(before.pk, old.choices, files, NOON.date(), NOON) is None
    sync(world.connection, NOON + timedelta(hours=1))
    assert world.booked()[new] == 1
