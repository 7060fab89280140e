"""A product without VAT: refused, then explained in the settings where the problem says so, then booked."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from kloppend.records.models import Connection, Invoice, Order
from kloppend.shops.opencart.simulator import SimulatedStore
from tests.pages.test_settings import form_data, settings_after
from tests.sync.conftest import sync

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


@pytest.fixture
def untaxed(connection: Connection, store: SimulatedStore) -> Order:
    """Order 13 with its second product sold without VAT, refused."""
    record = next(record for record in store.records if record["order"]["order_id"] == "13")
    record["order_product"][1]["tax"] = "0.0000"
    recorded: dict[str, Any] = store._rows["reference"]  # the recording left the shop's products out
    recorded["product"] = [{"product_id": "35", "tax_class_id": "9"}]
    rows = {row["code"]: row for row in record["order_total"]}
    rows["tax"]["value"], rows["total"]["value"] = "6.0718", "53.1668"
    record["order"]["total"] = "53.1668"
    sync(connection)
    return Order.objects.get(connection=connection, shop_order_id="13")


def problems_page(client: Client, connection: Connection, language: str) -> str:
    client.cookies["language"] = language
    return client.get(f"/c/{connection.pk}/problems/").content.decode()


def test_the_fix_that_the_problem_names_books_the_order(untaxed: Order, connection: Connection, owner: Client) -> None:
    assert untaxed.reason == "ZERO_VAT_DOMESTIC"
    assert "Instellingen &gt; Producten zonder btw" in problems_page(owner, connection, "nl")
    assert "Settings &gt; Products without VAT" in problems_page(owner, connection, "en")
    settings = owner.get(f"/c/{connection.pk}/settings/")
    assert "Products without VAT" in settings.content.decode()
    names = {row.html_name: row.label for row in settings.context["form"].class_rows()}
    assert settings.context["form"].class_rows()[0].html_name == "tax_class_9"
    assert names["tax_class_9"] == "Laag tarief"
    assert settings_after(owner, connection, tax_class_9="exempt")["zero_vat_classes"] == {"9": "exempt"}

    sync(connection)
    untaxed.refresh_from_db()
    assert untaxed.reason == "VAT_CODE_NOT_MAPPED"
    assert "What may go into the file for Asperion" in problems_page(owner, connection, "en")
    after = settings_after(owner, connection, switch_zero_class_means="exempt")
    assert after["books_options"] == {"switches": {"zero_class_means": "exempt"}}
    sync(connection)
    untaxed.refresh_from_db()
    assert untaxed.state == Order.State.READY


def test_what_was_chosen_stands_and_can_be_taken_back(fetched: Connection, owner: Client) -> None:
    fetched.settings |= {"zero_vat_classes": {"77": "margin", "0": "exempt"}}
    fetched.settings |= {"books_options": {"profile": "axml-1.4", "switches": {"encoding": "UTF-8"}}}
    fetched.save()
    data = form_data(owner, fetched)
    assert (data["tax_class_77"], data["tax_class_0"], data["vat_check_days"]) == ("margin", "exempt", 7)
    changes = {"tax_class_77": "", "vat_check_days": 3, "switch_negative_lines": "hold"}
    after = settings_after(owner, fetched, **changes)
    assert (after["zero_vat_classes"], after["vat_check_days"]) == ({"0": "exempt"}, 3)
    assert after["books_options"] == {
        "profile": "axml-1.4",
        "switches": {"encoding": "UTF-8", "negative_lines": "hold"},
    }
    after = settings_after(owner, fetched, switch_negative_lines="")
    assert after["books_options"] == {"profile": "axml-1.4", "switches": {"encoding": "UTF-8"}}


def test_only_places_that_the_layout_has_are_offered(fetched: Connection, owner: Client) -> None:
    rows = {row.html_name: row for row in owner.get(f"/c/{fetched.pk}/settings/").context["form"].file_rows()}
    assert [value for value, _word in rows["switch_voucher_payments"].field.choices] == ["", "hold"]
    assert [value for value, _word in rows["switch_negative_lines"].field.choices] == ["", "line", "hold"]
    assert Invoice.objects.filter(order__connection=fetched).exists()
