"""Giving access to the simulated Asperion through our pages, and deciding about an uncertain order."""

from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from kloppend.books.asperion.simulator import Fault
from kloppend.books.asperion.simulator.identity import Client as Partner
from kloppend.records.models import AskedConsent, BooksOffer, BooksTokens, Delivery, Order
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


def ask(world: ApiWorld, client: Client, **more: str) -> str:
    """Where "Give access" leads."""
    return client.get(page_of(world, "books/ask/"), more)["Location"]


def said(client: Client, path: str) -> str:
    client.cookies["language"] = "en"
    return client.get(path, follow=True).content.decode()


def test_the_owner_gives_access_and_chooses_the_administration(world: ApiWorld, operator: Client) -> None:
    BooksTokens.objects.all().delete()
    url = ask(world, operator)
    assert url.startswith(world.connection.settings["books_options"]["identity"])
    back = consented(url)
    assert "Access was given" in said(operator, back)
    assert BooksTokens.objects.get().content
    assert "Start again" in said(operator, back), "it counts once"
    shown = operator.get(page_of(world, "books/?choose=1"))
    assert [choice.name for choice in shown.context["wanted"].administrations] == ["Privé", "Webwinkel BV"]
    assert ConnectionRow.objects.get().administration == world.connection.administration


def test_a_consent_that_was_not_asked_for_is_not_taken(world: ApiWorld, operator: Client) -> None:
    before = BooksTokens.objects.get().content
    back = consented(ask(world, operator))
    said(operator, back.replace("state=", "state=x"))
    assert BooksTokens.objects.get().content == before
    assert client_of(make_user("sam")).get(back).status_code == 404
    assert "under another name" in said(client_of(make_user("otto", is_staff=True)), back)
    assert BooksTokens.objects.get().content == before
    assert "Access was given" in said(operator, back), "it is still open to who asked"


def test_what_goes_wrong_on_their_page_is_told_and_changes_nothing(world: ApiWorld, operator: Client) -> None:
    before = BooksTokens.objects.get().content
    answer = httpx.post(ask(world, operator), data={"consent": "no"}, trust_env=False)
    denied = urlsplit(answer.headers["location"])
    assert "No permission was given" in said(operator, f"{denied.path}?{denied.query}")
    world.on(Fault.SCOPE_REFUSED)
    assert "invalid_scope" in said(operator, consented(ask(world, operator)))
    world.heal()
    back = consented(ask(world, operator))
    AskedConsent.objects.update(asked_at=timezone.now() - timedelta(minutes=16))
    assert "took too long" in said(operator, back)
    back = consented(ask(world, operator))
    world.on(Fault.OTHER_USER)
    assert "may not enter administration" in said(operator, back)
    assert BooksTokens.objects.get().content == before


def test_access_withdrawn_stops_and_giving_it_again_keeps_every_choice(world: ApiWorld, operator: Client) -> None:
    sync(world.connection)
    booked, choices = len(world.invoices), ConnectionRow.objects.get().settings
    new = world.store.add_order(world.store.records[0])
    world.on(Fault.ACCESS_EXPIRED)
    world.on(Fault.REFRESH_REFUSED)
    sync(world.connection, NOON + timedelta(hours=1))
    assert len(world.invoices) == booked
    assert page_of(world, "books/ask/") in said(operator, page_of(world, "")), "the problem has a button"
    world.heal()
    said(operator, consented(ask(world, operator)))
    assert ConnectionRow.objects.get().settings == choices
    sync(world.connection, NOON + timedelta(hours=2))
    assert world.booked()[new] == 1
    assert page_of(world, "books/ask/") not in said(operator, page_of(world, ""))


def test_what_is_gone_in_the_books_is_told_and_stays_chosen(world: ApiWorld, operator: Client) -> None:
    sync(world.connection)
    books = world.asperion.administrations[1]
    books.journals = [row for row in books.journals if row["id"] != "70"]
    operator.post(page_of(world, "books/read/"))
    shown = said(operator, page_of(world, "books/"))
    assert "70 (no longer in the books)" in shown
    assert ConnectionRow.objects.get().settings["books_options"]["journal"] == "70"
    BooksOffer.objects.update(read_at=NOON - timedelta(days=1))
    sync(world.connection, NOON + timedelta(hours=1))
    assert "journal 70" in said(operator, page_of(world, "problems/"))
    books.journals.append({"id": "70", "description": "Verkoopboek", "type": "70"})
    sync(world.connection, NOON + timedelta(days=1))
    assert "journal 70" not in said(operator, page_of(world, "problems/"))


def test_an_order_is_tested_and_never_posted(world: ApiWorld, operator: Client) -> None:
    sync(world.connection)
    new = world.store.add_order(world.store.records[0])
    world.on(Fault.ACCESS_EXPIRED)
    world.on(Fault.REFRESH_REFUSED)
    sync(world.connection, NOON + timedelta(hours=1))
    world.heal()
    world.consent()
    before = len(world.invoices), len(world.debtors)
    assert Order.objects.get(shop_order_id=new).state == Order.State.SEALED
    operator.cookies["language"] = "en"
    text = operator.post(page_of(world, f"try/{new}/")).content.decode()
    assert "would take this invoice" in text
    assert "VAT code" in text
    world.asperion.administrations[1].vat_codes = []
    assert "VatCode" in operator.post(page_of(world, f"try/{new}/")).content.decode()
    assert (len(world.invoices), len(world.debtors)) == before


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


def test_what_cannot_be_an_administration_shows_no_choices(world: ApiWorld, operator: Client) -> None:
    for odd in ("\0", "9" * 400, "x\r\ny"):
        assert operator.get(page_of(world, "books/"), {"administration": odd}).status_code == 200
        assert operator.post(page_of(world, "books/read/"), {"administration": odd}).status_code == 302
    assert ConnectionRow.objects.get().administration == world.connection.administration


def test_pdf_and_fixed_debtor_are_chosen_on_this_page(world: ApiWorld, operator: Client) -> None:
    sync(world.connection)
    operator.post(page_of(world, "books/read/"))
    form = operator.get(page_of(world, "books/")).context["form"]
    data = {name: form[name].value() or "" for name in form.fields} | {"attach_pdf": "copy"}
    debtors = [name for name in form.fields if name.startswith("debtor_") and name != "debtor_kind"]
    data |= dict.fromkeys(debtors, " 1300 ")
    sales = [sale for sale, _row in form.vat]
    form = type(form)(form.draft, data, offered=form.offered, sales=sales, methods=form.methods)
    assert form.is_valid(), form.errors
    kept = form.filled_in().settings
    assert kept["attach_pdf"] == "copy"
    assert debtors
    assert {terms["debtor"] for terms in kept["payment_terms"].values()} == {"1300"}
