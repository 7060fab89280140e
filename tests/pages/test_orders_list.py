"""The list per state: reached from the overview, with reasons, page by page, and an order found by its number."""

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kloppend.records.models import Connection, Order
from kloppend.shops.opencart.simulator import StoreServer
from tests.sync.conftest import make_connection

pytestmark = pytest.mark.django_db


def page(client: Client, connection: Connection, query: str = "") -> str:
    client.cookies["language"] = "en"
    response = client.get(f"/c/{connection.pk}/orders/{query}")
    assert response.status_code == 200
    return response.content.decode()


def shown(client: Client, connection: Connection, query: str) -> list[str]:
    listed = client.get(f"/c/{connection.pk}/orders/{query}").context["listed"]
    return [row.order.shop_order_id for row in listed]


def test_the_tiles_of_the_overview_lead_to_all_of_their_orders(fetched: Connection, accountant: Client) -> None:
    overview = accountant.get(f"/c/{fetched.pk}/").content.decode()
    for state in set(fetched.orders.values_list("state", flat=True)):
        assert f'href="/c/{fetched.pk}/orders/?state={state}"' in overview
        numbers = fetched.orders.filter(state=state).order_by("-pk").values_list("shop_order_id", flat=True)
        assert shown(accountant, fetched, f"?state={state}") == list(numbers)
    assert len(shown(accountant, fetched, "")) == fetched.orders.count()


def test_every_order_has_its_reason(fetched: Connection, owner: Client) -> None:
    for state in ("refused", "skipped", "waiting"):
        listed = owner.get(f"/c/{fetched.pk}/orders/?state={state}").context["listed"]
        assert all(row.because and "{" not in row.because for row in listed), state
    assert "gift voucher or store credit" in page(owner, fetched, "?state=refused")


def test_an_order_is_found_by_its_number_here_and_nowhere_else(
    fetched: Connection, owner: Client, server: StoreServer
) -> None:
    found = owner.get(f"/c/{fetched.pk}/orders/?number=%206%20&state=skipped")
    assert (found.status_code, found.headers["Location"]) == (302, f"/c/{fetched.pk}/orders/6/")
    for number in ("999", "6%00x", "%27", "<b>"):
        text = page(owner, fetched, f"?number={number}")
        assert "There is no order" in text
        assert "<b> here" not in text
    other = make_connection(server, "Elders")
    other.merchant = fetched.merchant
    other.save()
    assert "There is no order 6 here" in page(owner, other, "?number=6")


def test_a_state_that_does_not_exist_shows_all(fetched: Connection, owner: Client) -> None:
    assert len(shown(owner, fetched, "?state=gone&before=x")) == fetched.orders.count()


def test_strangers_see_nothing(fetched: Connection, stranger: Client, operator: Client) -> None:
    assert stranger.get(f"/c/{fetched.pk}/orders/").status_code == 404
    assert operator.get(f"/c/{fetched.pk}/orders/").status_code == 200


def test_any_number_of_orders_takes_the_same_queries_and_all_pages_show_each_once(
    fetched: Connection, owner: Client
) -> None:
    def queries(query: str) -> int:
        with CaptureQueriesContext(database) as caught:
            page(owner, fetched, query)
        return len(caught)

    queries("")
    assert fetched.shop
    few = queries("?state=skipped")
    Order.objects.bulk_create(
        Order(shop=fetched.shop, connection=fetched, shop_order_id=str(1000 + n), state="skipped", reason="NOT_DUE")
        for n in range(170)
    )
    assert queries("?state=skipped") == few
    seen, query = [], "?state=skipped"
    while query:
        response = owner.get(f"/c/{fetched.pk}/orders/{query}")
        seen += [row.order.shop_order_id for row in response.context["listed"]]
        earlier = response.context["rows"].earlier
        query = f"?{earlier}" if earlier else ""
    skipped = fetched.orders.filter(state="skipped").order_by("-pk")
    assert seen == list(skipped.values_list("shop_order_id", flat=True))
