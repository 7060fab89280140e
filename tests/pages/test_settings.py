"""The settings form: what is there is shown, what is wrong is told, and what passes runs."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from kloppend.pages.dashboard.settings.form import SettingsForm
from kloppend.records.models import Connection, Order
from kloppend.shops.opencart.simulator import SimulatedStore
from tests.pages.test_actions import post
from tests.sync.conftest import API_KEY, sync

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


def form_data(client: Client, connection: Connection) -> dict[str, object]:
    """What a browser would send when nothing was changed."""
    form: SettingsForm = client.get(f"/c/{connection.pk}/settings/").context["form"]
    values = {field.html_name: field.value() for field in form}
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_saving_what_is_there_changes_nothing(fetched: Connection, owner: Client) -> None:
    before = fetched.settings
    text = post(owner, fetched, "settings/", do="save", **form_data(owner, fetched))
    assert "Saved." in text, re.findall(r"<p[^>]*>([^<]*)</p>", text)
    fetched.refresh_from_db()
    after = {name: value for name, value in fetched.settings.items() if value not in ("", None, [], False)}
    assert {name: after.get(name) for name in before} == before
    assert fetched.api_key == API_KEY
    assert fetched.active


def test_the_shop_s_own_names_are_offered(fetched: Connection, owner: Client) -> None:
    text = owner.get(f"/c/{fetched.pk}/settings/").content.decode()
    assert "Complete" in text
    assert API_KEY not in text


def test_a_choice_is_saved(fetched: Connection, owner: Client) -> None:
    data = form_data(owner, fetched) | {"file_time": "07:30", "foreign_currency": "book_in_base"}
    post(owner, fetched, "settings/", do="save", **data)
    fetched.refresh_from_db()
    assert fetched.settings["file_time"] == "07:30"
    assert fetched.settings["foreign_currency"] == "book_in_base"


def test_a_wrong_key_is_told_and_nothing_changes(fetched: Connection, owner: Client) -> None:
    data = form_data(owner, fetched) | {"api_key": "Een*andere(sleutel)=2026"}
    text = post(owner, fetched, "settings/", do="save", **data)
    assert "Nothing was changed" in text
    assert str(data["api_key"]) not in text
    fetched.refresh_from_db()
    assert fetched.api_key == API_KEY
    assert fetched.active


def test_only_testing_stores_nothing(fetched: Connection, owner: Client) -> None:
    data = form_data(owner, fetched) | {"file_time": "07:30", "do": "test"}
    owner.cookies["language"] = "en"
    response = owner.post(f"/c/{fetched.pk}/settings/", data, headers={"HX-Request": "true"})
    text = response.content.decode()
    assert "All checks pass." in text
    assert "<html" not in text
    fetched.refresh_from_db()
    assert fetched.settings["file_time"] != "07:30"


def test_a_shop_that_is_down_leaves_the_choices_there_are(
    fetched: Connection, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    Connection.objects.update(shop_address="http://127.0.0.1:9")
    monkeypatch.setattr("kloppend.pages.dashboard.settings.offer.NO_ANSWER_REMEMBERED", 600)
    before = set(fetched.settings["trigger_statuses"])
    assert set(form_data(owner, fetched)["trigger_statuses"]) == before  # type: ignore[call-overload]


def test_pausing_and_starting_again(fetched: Connection, owner: Client) -> None:
    data = form_data(owner, fetched)
    assert "is paused" in post(owner, fetched, "settings/pause/")
    assert "Not running" in owner.get(f"/c/{fetched.pk}/").content.decode()
    fetched.refresh_from_db()
    assert not fetched.active
    post(owner, fetched, "settings/", do="save", **data)
    fetched.refresh_from_db()
    assert fetched.active


def settings_after(owner: Client, connection: Connection, **changes: object) -> dict[str, Any]:
    data = form_data(owner, connection) | changes
    text = post(owner, connection, "settings/", do="save", **data)
    assert "Saved." in text, re.findall(r"<p[^>]*>([^<]*)</p>", text)
    connection.refresh_from_db()
    return dict(connection.settings)


def test_schemes_tolerance_and_zone_are_saved_and_shown_again(fetched: Connection, owner: Client) -> None:
    wanted = {
        **{"kor_from": "2025-01-01", "kor_until": "2025-12-31", "oss_from": "2026-01-01", "oss_until": "2026-12-31"},
        **{"oss_registered": True, "tolerance_cents": 0, "time_zone": "Europe/Lisbon"},
    }
    first = settings_after(owner, fetched, **wanted)
    assert {name: first[name] for name in wanted} == wanted
    assert settings_after(owner, fetched) == first


def test_what_the_form_does_not_show_stays(fetched: Connection, owner: Client) -> None:
    hidden = {"books_options": {"switches": {"encoding": "US-ASCII"}}, "time_zone": "Asia/Tokyo"}
    fetched.settings |= hidden | {"total_codes": {"gift_wrap": "charge"}}
    fetched.save()
    after = settings_after(owner, fetched)
    assert {name: after[name] for name in hidden} == hidden
    assert after["total_codes"] == {"gift_wrap": "charge"}


@pytest.mark.parametrize(
    "change",
    [
        {"tolerance_cents": "6"},
        {"own_vat_number": "NL1"},
        {"start_order_number": "0"},
        {"vat_check_days": "32"},
        {"kor_from": "2026-02-01", "kor_until": "2026-01-31"},
    ],
)
def test_what_cannot_be_is_told(fetched: Connection, owner: Client, change: dict[str, str]) -> None:
    before = fetched.settings
    text = post(owner, fetched, "settings/", do="save", **(form_data(owner, fetched) | change))
    assert "Something is not filled in right" in text
    fetched.refresh_from_db()
    assert fetched.settings == before


def test_an_unknown_row_is_asked_for_and_its_meaning_frees_the_order(
    connection: Connection, owner: Client, store: SimulatedStore
) -> None:
    record = next(record for record in store.records if record["order"]["order_id"] == "1")
    next(row for row in record["order_total"] if row["code"] == "shipping")["code"] = "gift_wrap"
    sync(connection)
    order = Order.objects.get(connection=connection, shop_order_id="1")
    assert order.reason == "UNKNOWN_TOTAL_ROW"
    owner.cookies["language"] = "en"
    told = owner.get(f"/c/{connection.pk}/problems/").content.decode()
    asked = owner.get(f"/c/{connection.pk}/settings/").content.decode()
    assert all("Rows in the total of an order" in text for text in (told, asked))
    assert form_data(owner, connection)["total_code_gift_wrap"] == ""
    assert settings_after(owner, connection)["total_codes"] == {}
    after = settings_after(owner, connection, total_code_gift_wrap="charge")
    assert after["total_codes"] == {"gift_wrap": "charge"}
    sync(connection)
    order.refresh_from_db()
    assert order.reason != "UNKNOWN_TOTAL_ROW"
    assert form_data(owner, connection)["total_code_gift_wrap"] == "charge"
    assert settings_after(owner, connection, total_code_gift_wrap="")["total_codes"] == {}


def test_two_windows_do_not_overwrite_each_other(fetched: Connection, owner: Client) -> None:
    owner.cookies["language"] = "en"
    first = form_data(owner, fetched)
    begun = owner.get(f"/c/{fetched.pk}/settings/").context["begun_at"]
    settings_after(owner, fetched, file_time="05:05")
    fetched.settings["payment_codes"] |= {"mollie": "IDEAL"}  # a row that the first window never showed
    fetched.save()
    data = first | {"tolerance_cents": 2, "begun_at": begun, "do": "save"}
    told = owner.post(f"/c/{fetched.pk}/settings/", data)
    assert "changed meanwhile" in told.content.decode()
    fetched.refresh_from_db()
    assert (fetched.settings["file_time"], fetched.settings["tolerance_cents"]) == ("05:05", 5)
    form: SettingsForm = told.context["form"]
    assert (form["tolerance_cents"].value(), form["file_time"].value()) == ("2", first["file_time"])
    assert form["books_mollie"].value() == "IDEAL"

    again = {field.html_name: field.value() for field in form if field.value() not in (None, False)}
    text = post(owner, fetched, "settings/", do="save", **again, begun_at=told.context["begun_at"])
    assert "Saved." in text
    fetched.refresh_from_db()
    assert fetched.settings["tolerance_cents"] == 2
    assert fetched.settings["payment_codes"]["mollie"] == "IDEAL"


def test_the_order_page_shows_the_shop_s_own_names(fetched: Connection, owner: Client) -> None:
    assert "Cash On Delivery" not in (page := owner.get(f"/c/{fetched.pk}/orders/1/").content.decode())
    assert "cod" in page
    settings_after(owner, fetched)
    assert set(fetched.shop_names) == {"statuses", "payment_methods"}
    page = owner.get(f"/c/{fetched.pk}/orders/1/").content.decode()
    assert fetched.shop_names["statuses"]["5"] in page
    Connection.objects.update(shop_address="http://127.0.0.1:9")
    assert fetched.shop_names["statuses"]["5"] in owner.get(f"/c/{fetched.pk}/orders/1/").content.decode()
