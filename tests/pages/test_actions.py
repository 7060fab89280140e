"""What people do on the pages, through the forms they fill in."""

import hashlib

import pytest
from django.test import Client

from kloppend.records.models import Batch, Connection, Order
from kloppend.shops.opencart.simulator import SimulatedStore
from kloppend.sync.files.folders import folder_of
from tests.sync.conftest import sync

pytestmark = pytest.mark.django_db


def post(client: Client, connection: Connection, path: str, **data: object) -> str:
    """Send a form and read the page it leads to."""
    client.cookies["language"] = "en"
    response = client.post(f"/c/{connection.pk}/{path}", data, follow=True)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def later(connection: Connection) -> Connection:
    """A connection whose file of the day is made late: orders are ready and no file is there."""
    connection.settings["file_time"] = "23:59"
    connection.save()
    sync(connection)
    return Connection.objects.get(pk=connection.pk)


def test_process_looks_again_and_tells(later: Connection, owner: Client, store: SimulatedStore) -> None:
    store.change_order("1", payment_code="unknown_method")
    assert "was checked again" in post(owner, later, "process/1/", next=f"/c/{later.pk}/problems/")
    assert Order.objects.get(shop_order_id="1").reason == "PAYMENT_METHOD_NOT_MAPPED"
    store.change_order("1", payment_code="cod")
    assert "is ready: it goes first" in post(owner, later, "process/1/", next=f"/c/{later.pk}/problems/")
    assert Order.objects.get(shop_order_id="1").front_at


def test_process_of_what_was_forwarded_says_so(fetched: Connection, owner: Client) -> None:
    text = post(owner, fetched, "process/1/")
    assert "message error" in text
    assert Order.objects.get(shop_order_id="1").state == "delivered"
    assert "message error" in post(owner, fetched, "process/777/")


def test_process_without_leaving_the_page_replaces_the_card(fetched: Connection, owner: Client) -> None:
    owner.cookies["language"] = "en"
    response = owner.post(f"/c/{fetched.pk}/process/6/", headers={"HX-Request": "true"})
    text = response.content.decode()
    assert text.startswith("<article") or "<article" in text
    assert "<html" not in text
    assert "MULTI_CURRENCY" in text


def test_a_file_is_downloaded_marked_and_then_cannot_be_recalled(fetched: Connection, owner: Client) -> None:
    batch = Batch.objects.get()
    response = owner.post(f"/c/{fetched.pk}/files/{batch.pk}/download/")
    assert hashlib.sha256(response.content).hexdigest() == batch.sha256
    assert batch.name in response["Content-Disposition"]
    assert "is marked as imported" in post(owner, fetched, f"files/{batch.pk}/imported/")
    assert ", jansen" in post(owner, fetched, f"files/{batch.pk}/imported/")
    assert "message error" in post(owner, fetched, f"files/{batch.pk}/recall/", not_in_books="yes")
    assert "not marked as imported any more" in post(owner, fetched, f"files/{batch.pk}/imported/", undo="yes")
    assert Batch.objects.get().state == Batch.State.FETCHED


def test_a_file_nobody_took_is_recalled(fetched: Connection, owner: Client) -> None:
    batch = Batch.objects.get()
    assert "is recalled" in post(owner, fetched, f"files/{batch.pk}/recall/")
    assert Batch.objects.get().state == Batch.State.RECALLED
    assert not [path for path in folder_of(fetched).iterdir() if path.is_file()]
    assert batch.name not in post(owner, fetched, "process/1/", next=f"/c/{fetched.pk}/report/")


def test_a_file_is_made_now(later: Connection, owner: Client) -> None:
    assert "The file is made" in post(owner, later, "files/now/")
    assert Batch.objects.get().kind == Batch.Kind.NOW
    assert "message error" in post(owner, later, "files/now/")


def test_a_trial_file_holds_the_chosen_orders_only(later: Connection, owner: Client) -> None:
    assert "message error" in post(owner, later, "files/trial/")
    assert "The trial file is made" in post(owner, later, "files/trial/", order=["1", "2"])
    (batch,) = Batch.objects.all()
    assert batch.kind == Batch.Kind.TRIAL
    assert batch.deliveries.count() == 2


def test_a_preview_changes_nothing_and_the_deed_does_what_it_said(later: Connection, owner: Client) -> None:
    text = post(owner, later, "booked/", numbers="1, 2\n999")
    assert "This is what will happen" in text
    assert "<strong>2</strong>: 1, 2" in text
    assert "<strong>1</strong>: 999" in text
    assert not Order.objects.filter(already_booked=True).exists()
    assert "3 orders are marked" in post(owner, later, "booked/", numbers="1 2 999", sure="yes")
    marked = Order.objects.filter(already_booked=True).values_list("shop_order_id", flat=True)
    assert set(marked) == {"1", "2", "999"}


def test_everything_up_to_a_day_is_marked(later: Connection, owner: Client) -> None:
    assert "This is what will happen" in post(owner, later, "booked/", until_day="2026-11-30")
    assert "are marked" in post(owner, later, "booked/", until_number="3", sure="yes")
    marked = Order.objects.filter(already_booked=True).values_list("shop_order_id", flat=True)
    assert {"1", "2", "3"} >= set(marked) > set()


def test_booked_asks_for_one_thing(later: Connection, owner: Client) -> None:
    assert "not both" in post(owner, later, "booked/")
    assert "not both" in post(owner, later, "booked/", numbers="1", until_number="3")
