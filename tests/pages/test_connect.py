"""Adding a connection from the pages: stored once the shop answers, running once every check passes."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from kloppend.books.asperion.simulator import AsperionServer, SimulatedAsperion
from kloppend.books.asperion.simulator.identity import Client as Partner
from kloppend.records.models import Connection, Merchant
from tests.pages.test_actions import post
from tests.pages.test_settings import form_data
from tests.sync.conftest import API_KEY

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


@pytest.fixture
def filled_in(connection: Connection) -> dict[str, str]:
    """What a shopkeeper would type."""
    return {
        "name": "Tweede winkel",
        "shop_address": connection.shop_address,
        "api_key": API_KEY,
        "books_kind": "asperion_axml",
        "administration": "ADM-2",
    }


def made() -> Connection | None:
    return Connection.objects.filter(name="Tweede winkel").first()


def add(client: Client, data: dict[str, str]) -> str:
    client.cookies["language"] = "en"
    return client.post("/connect/", data, follow=True).content.decode()


def test_a_shop_that_answers_is_stored_and_does_not_run_yet(owner: Client, filled_in: dict[str, str]) -> None:
    text = add(owner, filled_in)
    new = made()
    assert new
    assert not new.active
    assert new.merchant == Connection.objects.exclude(pk=new.pk).get().merchant
    assert "does not run" in text
    assert "Complete" in text, "the shop's own statuses are offered"
    assert API_KEY not in text


def test_it_starts_when_every_check_passes(owner: Client, filled_in: dict[str, str]) -> None:
    add(owner, filled_in)
    new = made()
    assert new
    data = form_data(owner, new)
    assert "where they belong in the books" in post(owner, new, "settings/", do="save", **data)
    new.refresh_from_db()
    assert not new.active, "nobody has said yet how its payment methods are booked"
    decided = {name: value or "hold" for name, value in data.items() if name.startswith("how_")}
    post(owner, new, "settings/", do="save", **data | decided)
    new.refresh_from_db()
    assert new.active


def test_a_wrong_key_is_told_and_nothing_is_stored(owner: Client, filled_in: dict[str, str]) -> None:
    text = add(owner, filled_in | {"api_key": "Een*andere(sleutel)=2026"})
    assert "What to do" in text
    assert made() is None


def test_a_name_in_use_changes_nothing_of_that_connection(
    owner: Client, connection: Connection, filled_in: dict[str, str]
) -> None:
    add(owner, filled_in | {"name": connection.name, "administration": "ANDERE"})
    assert Connection.objects.get().administration.label != "ANDERE"


def test_nobody_adds_for_another_merchant(owner: Client, filled_in: dict[str, str]) -> None:
    other = Merchant.objects.create(name="Iemand anders")
    add(owner, filled_in | {"merchant": str(other.pk), "new_merchant": "Nog iemand"})
    assert not other.connections.exists()
    assert not Merchant.objects.filter(name="Nog iemand").exists()


def test_an_operator_says_for_whom(operator: Client, filled_in: dict[str, str]) -> None:
    add(operator, filled_in)
    assert made() is None
    add(operator, filled_in | {"new_merchant": "Nieuwe winkelier"})
    new = made()
    assert new
    assert new.merchant.name == "Nieuwe winkelier"


def test_who_owns_nothing_may_not(accountant: Client, client: Client) -> None:
    assert accountant.get("/connect/").status_code == 403
    assert accountant.post("/connect/", {}).status_code == 403
    assert client.get("/connect/").status_code == 302


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Iterator[AsperionServer]:
    """The simulated Asperion, in which the operator is registered."""
    back = f"{settings.KLOPPEND_BASE_URL}/books/back/"
    with AsperionServer(SimulatedAsperion(client=Partner("kloppend", "simulator-secret", back))) as server:
        monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_ID", "kloppend")
        monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_SECRET", "simulator-secret")
        options = {"api": server.address, "identity": server.address}
        monkeypatch.setattr(settings, "OPTIONS_OF_BOOKS", {"asperion_rest": options})
        yield server


def test_a_shopkeeper_connects_through_the_api(owner: Client, filled_in: dict[str, str], books: AsperionServer) -> None:
    """From the empty form to an order that stands in the books as a concept."""
    add(owner, filled_in | {"books_kind": "asperion_rest", "administration": ""})
    new = made()
    assert new
    assert (new.administration.kind, new.administration.label, new.active) == ("asperion_rest", "", False)
    page = f"/c/{new.pk}/books/"
    assert owner.get(page).context["form"] is None, "without access there is nothing to choose from"
    url = owner.get(f"{page}ask/")["Location"]
    back = urlsplit(httpx.post(url, data={"consent": "yes"}, trust_env=False).headers["location"])
    chosen = owner.get(f"{back.path}?{back.query}", follow=True)
    assert [each.id for each in chosen.context["wanted"].administrations] == ["101", "102"]
    shown = owner.get(page, {"kind": "asperion_rest", "administration": "102"})
    assert "21%" in shown.content.decode()
    assert "1 Verkoop hoog" in shown.content.decode(), "shown as a suggestion"
    form = shown.context["form"]
    assert not any(form[name].value() for name in form.fields if name.startswith("vat_code_")), "and not filled in"
    data = {name: form[name].value() or "" for name in form.fields} | {"kind": "asperion_rest", "do": "save"}
    data |= {"administration": "102", "journal": "70", "debtor_kind": "1"}
    data |= {"vat_code_domestic/21///": "1", "ledger_account_domestic/21///": "8000"}
    data |= {"vat_code_domestic/9///": "2", "ledger_account_domestic/9///": "8010"}
    said = owner.post(page, data).content.decode()
    assert "where they belong in the books" in said, "payment methods are asked for on the settings page"
    new.refresh_from_db()
    assert (new.administration.label, new.active) == ("102", False)
    settings_form = form_data(owner, new)
    assert "administration" not in settings_form
    decided = {name: value or "hold" for name, value in settings_form.items() if name.startswith("how_")}
    post(owner, new, "settings/", do="save", **settings_form | decided)
    new.refresh_from_db()
    assert new.active
    assert (new.administration.label, new.settings["books_options"]["journal"]) == ("102", "70")
    assert {row["vat_code"] for row in new.settings["vat_codes"]} == {"1", "2"}
    assert not books.asperion.administrations[1].invoices, "checking posts nothing"
