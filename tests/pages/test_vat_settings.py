"""Tables in the settings: VAT codes, and what goes with a payment method; on the order's page: what VIES said."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client

from kloppend.pages.dashboard.settings.vat_codes import occurred, rows_of
from kloppend.records.models import Administration, Connection, VatCheck
from kloppend.shops.opencart.simulator import SimulatedStore
from tests.pages.test_actions import post
from tests.pages.test_settings import form_data
from tests.sync.conftest import NOON, sync
from tests.vies import vies_running

pytestmark = pytest.mark.django_db
NUMBER = "BE0411905847"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    cache.clear()


def page(client: Client, connection: Connection, path: str) -> str:
    client.cookies["language"] = "en"
    return client.get(f"/c/{connection.pk}/{path}").content.decode()


def saved(owner: Client, connection: Connection, **changes: object) -> Connection:
    data = form_data(owner, connection) | changes
    assert "Saved." in post(owner, connection, "settings/", do="save", **data)
    return Connection.objects.get(pk=connection.pk)


def test_what_goes_with_a_payment_method_is_kept(fetched: Connection, owner: Client) -> None:
    found = saved(owner, fetched, condition_cod="2", journal_cod="70", debtor_cod=" 1300 ")
    assert found.settings["payment_terms"] == {"cod": {"condition": "2", "journal": "70", "debtor": "1300"}}
    assert saved(owner, fetched).settings == found.settings
    assert (
        saved(owner, fetched, **{f"{name}_cod": "" for name in ("condition", "journal", "debtor")}).settings[
            "payment_terms"
        ]
        == {}
    )


def test_a_row_that_came_meanwhile_shifts_nothing_to_another(fetched: Connection, owner: Client) -> None:
    fetched.settings["vat_codes"] = [{"treatment": "domestic", "rate": "9", "vat_code": "2", "ledger_account": "8000"}]
    fetched.save()
    data = form_data(owner, fetched) | {"journal_cod": "70", "vat_code_domestic/9///": "6"}
    first = {"treatment": "domestic", "rate": "21", "vat_code": "1", "ledger_account": "8000"}
    fetched.settings["payment_codes"] = {"aaa": "x", **fetched.settings["payment_codes"]}
    fetched.settings["vat_codes"].insert(0, first)
    fetched.save()
    post(owner, fetched, "settings/", do="save", **data)
    found = Connection.objects.get(pk=fetched.pk).settings
    assert found["payment_terms"] == {"cod": {"journal": "70"}}
    assert {(row["rate"], row["vat_code"]) for row in found["vat_codes"] if row["rate"] == "9"} == {("9", "6")}


def test_a_file_with_three_classes_needs_no_codes(fetched: Connection, owner: Client) -> None:
    assert "VAT codes and ledger accounts" not in page(owner, fetched, "settings/")


def test_what_is_chosen_by_name_is_not_typed_as_well(fetched: Connection, owner: Client) -> None:
    rest, _ = Administration.objects.get_or_create(kind="asperion_rest", label="1234")
    Connection.objects.update(administration=rest)
    fetched.refresh_from_db()
    chosen = {
        "payment_terms": {"cod": {"condition": "2", "journal": "70", "debtor": "1300"}},
        "vat_codes": [{"treatment": "domestic", "rate": "21", "vat_code": "1", "ledger_account": "8000"}],
    }
    fetched.settings |= chosen
    fetched.save()
    answer = owner.get(f"/c/{fetched.pk}/settings/")
    assert f'href="/c/{fetched.pk}/books/"' in answer.content.decode()
    form = answer.context["form"]
    typed = [name for name in form.fields if name.startswith(("vat_", "condition_", "journal_", "debtor_"))]
    assert sorted(typed) == ["vat_check_days", "vat_number_field"]
    form = type(form)(form.draft, None, form_data(owner, fetched))
    assert form.is_valid(), form.errors
    kept = form.filled_in().settings
    assert {name: kept[name] for name in chosen} == chosen
    assert "file_time" not in form.fields
    assert kept.get("file_time") == fetched.settings.get("file_time")


def test_what_occurred_is_proposed_empty_where_books_need_codes(fetched: Connection) -> None:
    found = rows_of({}, "asperion_rest", occurred(fetched))
    sales = [sale for sale, _row in found]
    assert ("domestic", "21", "", "") in sales
    assert len(sales) == len(set(sales)) >= 3
    assert not any(row for _sale, row in found)


def test_rows_are_kept_changed_left_open_and_added(fetched: Connection, owner: Client) -> None:
    row = {"treatment": "domestic", "rate": "21.0000", "vat_code": "1", "ledger_account": "8000", "kinds": ["product"]}
    fetched.settings["vat_codes"] = [row]
    fetched.save()
    found = saved(owner, fetched)
    assert [row | {"country": "", "category": "", "from": "", "rate": "21.0000"}] == found.settings["vat_codes"]
    sale = "domestic/21.0000//"
    later = {"vat_sale_new": sale, "vat_code_new": "9", "ledger_account_new": "8001", "vat_from_new": "2027-01-01"}
    found = saved(owner, fetched, **{f"vat_code_{sale}/": "2"}, **later)
    assert [(row["vat_code"], row["from"]) for row in found.settings["vat_codes"]] == [("2", ""), ("9", "2027-01-01")]
    assert (
        saved(owner, fetched, **{f"vat_code_{sale}/{day}": "" for day in ("", "2027-01-01")}).settings["vat_codes"]
        == []
    )


def test_two_rows_that_contradict_are_told(fetched: Connection, owner: Client) -> None:
    row = {"treatment": "domestic", "rate": "21", "vat_code": "1", "ledger_account": "8000"}
    fetched.settings["vat_codes"] = [row]
    fetched.save()
    data = form_data(owner, fetched) | {"vat_sale_new": "domestic/21//", "vat_code_new": "2"}
    text = post(owner, fetched, "settings/", do="save", **data)
    assert "two rows for domestic 21%" in text
    assert Connection.objects.get(pk=fetched.pk).settings["vat_codes"] == [row]


def test_the_order_page_shows_what_vies_said(
    connection: Connection, store: SimulatedStore, owner: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.change_order("7", custom_field=f'{{"1":"{NUMBER}"}}')
    connection.settings |= {"books_options": {"switches": {"zero_class_means": "icp"}}}
    connection.settings |= {"own_vat_number": "NL000099998B57"}
    connection.save()
    with vies_running() as vies:
        monkeypatch.setattr(settings, "KLOPPEND_VIES", vies.address)
        vies.down = {"BE": "MS_UNAVAILABLE"}
        sync(connection)
        text = page(owner, connection, "orders/7/")
        assert "no answer yet" in text
        assert "MS_UNAVAILABLE" in text
        assert "could not say" in text
        vies.down, vies.numbers = {}, {NUMBER}
        sync(connection, NOON + timedelta(hours=2))
    text = page(owner, connection, "orders/7/")
    assert "in use" in text
    assert VatCheck.objects.get(country="BE").consultation_number in text
    assert "VIES says" not in page(owner, connection, "orders/1/")
