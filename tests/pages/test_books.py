"""Giving access to the simulated Asperion through our pages, and deciding about an uncertain order."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings
from django.test import Client

from kloppend.books.asperion.simulator import Fault
from kloppend.books.asperion.simulator.identity import Client as Partner
from kloppend.records.models import BooksTokens, Delivery, Order
from kloppend.records.models import Connection as ConnectionRow
from tests.pages.conftest import client_of, make_user
from tests.sync.api_world import ApiWorld, api_world
from tests.sync.conftest import NOON, sync

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiWorld]:
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_ID", "kloppend")
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_SECRET", "simulator-secret")
    with api_world() as made:
        back = f"{settings.KLOPPEND_BASE_URL}/books/back/"
        made.asperion.identity.client = Partner("kloppend", "simulator-secret", back)
        yield made


@pytest.fixture
def operator(world: ApiWorld) -> Client:
    return client_of(make_user("olga", is_staff=True))


def page_of(world: ApiWorld, rest: str) -> str:
    return f"/c/{world.connection.pk}/{rest}"


def consented(url: str) -> str:
    """What the owner's browser is sent back to."""
    answer = httpx.post(url, data={"consent": "yes"}, trust_env=False)
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def test_the_owner_gives_access_and_chooses_the_administration(world: ApiWorld, operator: Client) -> None:
    BooksTokens.objects.all().delete()
    shown = operator.get(page_of(world, "books/"))
    url = shown.context["url"]
    assert url.startswith(world.connection.settings["books_options"]["identity"])
    back = consented(url)
    assert operator.get(back).status_code == 302
    assert BooksTokens.objects.get().content
    assert operator.get(back).status_code == 404  # once
    names = [choice.name for choice in operator.get(page_of(world, "books/")).context["choices"]]
    assert names == ["Privé", "Webwinkel BV"]
    operator.post(page_of(world, "books/choose/"), {"administration": "101"})
    assert ConnectionRow.objects.get().administration.label == "101"
    operator.post(page_of(world, "books/choose/"), {"administration": "999"})
    assert ConnectionRow.objects.get().administration.label == "101"


def test_a_consent_that_was_not_asked_for_is_not_taken(world: ApiWorld, operator: Client) -> None:
    before = BooksTokens.objects.get().content
    back = consented(operator.get(page_of(world, "books/")).context["url"])
    operator.get(back.replace("state=", "state=x"))
    assert BooksTokens.objects.get().content == before
    stranger = client_of(make_user("sam"))
    operator.get(page_of(world, "books/"))
    assert stranger.get(back).status_code == 404
    assert BooksTokens.objects.get().content == before


def test_a_person_says_that_it_is_there(world: ApiWorld, operator: Client) -> None:
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    world.on(Fault.LOST_ANSWER, "/v1/salesinvoiceswithlines")
    sync(world.connection, NOON + timedelta(hours=1))
    world.heal()
    shown = operator.get(page_of(world, f"orders/{new}/")).content.decode()
    assert (Delivery.objects.get(state="unclear").reference or "-") in shown
    operator.post(page_of(world, f"decide/{new}/"), {"is_it": "not_there"})
    assert Order.objects.get(shop_order_id=new).state == Order.State.UNCERTAIN
    operator.post(page_of(world, f"decide/{new}/"), {"is_it": "there", "id": str(world.invoices[-1]["id"])})
    assert Order.objects.get(shop_order_id=new).state == Order.State.DELIVERED
    assert operator.get(page_of(world, f"orders/{new}/")).status_code == 200
