"""Crediting on the order's page: nothing before the preview, nothing twice, and in the visitor's words."""

import re

import pytest
from django.test import Client

from kloppend.records.models import Batch, Connection, Delivery, Invoice
from kloppend.shops.opencart.simulator import SimulatedStore
from tests.pages.test_actions import post
from tests.sync.conftest import sync
from tests.sync.test_trouble import TOMORROW

pytestmark = pytest.mark.django_db


def get(client: Client, connection: Connection, path: str, language: str = "en") -> str:
    client.cookies["language"] = language
    response = client.get(f"/c/{connection.pk}/{path}")
    assert response.status_code == 200
    return response.content.decode()


def notes() -> list[str]:
    return [str(total) for total in Invoice.objects.filter(kind="credit").values_list("total_inc_vat", flat=True)]


def test_a_cancelled_order_is_credited_after_a_preview(
    fetched: Connection, owner: Client, store: SimulatedStore
) -> None:
    store.set_status("1", "7")
    sync(fetched, TOMORROW)
    assert "Proposed correction" in get(owner, fetched, "orders/1/")
    form = {"what": "all", "seen": "0", "reason": "cancelled"}
    preview = post(owner, fetched, "credit/1/", **form)
    assert "Nothing is made yet" in preview
    assert "-567.49" in preview
    assert not notes()
    filled = dict(re.findall(r'type="hidden" name="(what|seen|reason)" value="([^"]*)"', preview))
    assert filled == form
    made = post(owner, fetched, "credit/1/", **form, step="make")
    assert "The credit note is made" in made
    assert "Credit note of €\N{NO-BREAK SPACE}-567.49 made" in made
    assert "Proposed correction" not in made
    assert "All of this was credited" in made
    assert "message error" in post(owner, fetched, "credit/1/", **form, step="make")
    assert notes() == ["-567.49"]
    assert "Creditfactuur" in get(owner, fetched, "orders/1/", "nl")


def test_lines_and_amounts_as_dutch_people_write_them(fetched: Connection, owner: Client) -> None:
    form = {"seen": "0", "reason": "goodwill", "gross-1": "1,50"}
    assert "-1.50" in post(owner, fetched, "credit/1/", **form)
    post(owner, fetched, "credit/1/", **form, step="make")
    assert notes() == ["-1.50"]
    assert "meanwhile" in post(owner, fetched, "credit/1/", **form, step="make")
    assert notes() == ["-1.50"]


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"seen": "0", "reason": "goodwill"},
        {"seen": "0", "reason": "anders", "what": "all"},
        {"seen": "", "reason": "goodwill", "what": "all"},
        {"seen": "0", "reason": "goodwill", "gross-1": "1.005"},
        {"seen": "0", "reason": "goodwill", "gross-1": "-1"},
        {"seen": "0", "reason": "goodwill", "gross-1": "1e3"},
        {"seen": "0", "reason": "goodwill", "pieces-1": "\N{ARABIC-INDIC DIGIT ONE}"},
        {"seen": "0", "reason": "goodwill", "pieces-99": "1"},
        {"seen": "0", "reason": "goodwill", "pieces-1": "1", "gross-1": "1"},
    ],
)
def test_what_makes_no_sense_is_refused_in_words(fetched: Connection, owner: Client, form: dict[str, str]) -> None:
    assert "message error" in post(owner, fetched, "credit/1/", **form)
    assert "message error" in post(owner, fetched, "credit/1/", **form, step="make")
    assert not notes()


def test_a_held_credit_note_is_withdrawn_or_done_by_hand(fetched: Connection, owner: Client) -> None:
    form = {"what": "all", "seen": "0", "reason": "returned", "step": "make"}
    page = post(owner, fetched, "credit/1/", **form)
    assert "CREDIT_NOT_DECLARED" in page
    assert "CREDIT_NOT_DECLARED" in get(owner, fetched, "problems/")
    made = Invoice.objects.get(kind="credit")
    assert "is withdrawn" in post(owner, fetched, f"credits/{made.pk}/withdraw/")
    post(owner, fetched, "credit/1/", **{**form, "seen": "1"})
    made = Invoice.objects.get(kind="credit", void=False)
    assert "Noted" in post(owner, fetched, f"credits/{made.pk}/by-hand/")
    assert "message error" in post(owner, fetched, f"credits/{made.pk}/withdraw/")
    assert Delivery.objects.get(invoice=made).by_hand
    assert "put there by hand" in get(owner, fetched, "orders/1/")
    assert Batch.objects.count() == 1


def test_a_new_invoice_after_all_was_credited(fetched: Connection, owner: Client) -> None:
    assert "message error" in post(owner, fetched, "new-invoice/1/")
    post(owner, fetched, "credit/1/", what="all", seen="0", reason="mistake", step="make")
    page = post(owner, fetched, "new-invoice/1/")
    assert "The invoice as it will be" in page
    assert "To be invoiced again" in page


def test_an_accountant_sees_and_does_not_credit(fetched: Connection, accountant: Client) -> None:
    assert "Credit this invoice" not in get(accountant, fetched, "orders/1/")
