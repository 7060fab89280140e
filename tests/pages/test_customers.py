"""The customers page: what waits is shown side by side, and what a person says is kept."""

import pytest
from django.test import Client

from kloppend.records.models import Connection, KnownCustomer, Order
from kloppend.shops.opencart.simulator import SimulatedStore
from tests.pages.test_actions import post
from tests.pages.test_credits import get
from tests.sync.conftest import sync
from tests.sync.test_customers import company

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(connection: Connection, store: SimulatedStore) -> Connection:
    company(store, "1", "De Zon B.V.")
    company(store, "2", "De Maan")
    sync(connection)
    return Connection.objects.get(pk=connection.pk)


def test_the_question_is_found_from_the_problem_and_answered(asked: Connection, owner: Client) -> None:
    assert f"/c/{asked.pk}/customers/" in get(owner, asked, "problems/")
    page = get(owner, asked, "customers/")
    assert "De Zon B.V." in page
    assert "De Maan" in page
    assert 'value="different"' not in page  # a file cannot say that
    link = KnownCustomer.objects.get(order__shop_order_id="1").link_id
    assert "1 order was looked at again" in post(owner, asked, "customers/2/", who=str(link))
    assert Order.objects.get(shop_order_id="2").state == Order.State.READY
    page = get(owner, asked, "customers/", "nl")
    assert "Niets te beslissen" in page
    assert "dezelfde klant" in page
    assert "jansen" in page


@pytest.mark.parametrize(
    "form", [{}, {"who": "same"}, {"who": "different"}, {"who": "number", "debtor": " "}, {"who": "99999999"}]
)
def test_a_choice_that_cannot_be_changes_nothing(asked: Connection, owner: Client, form: dict[str, str]) -> None:
    assert "message error" in post(owner, asked, "customers/2/", **form)
    assert Order.objects.get(shop_order_id="2").state == Order.State.REFUSED


def test_where_guests_go_is_set_here_and_other_settings_stay(asked: Connection, owner: Client) -> None:
    before = dict(asked.settings)
    form = {"guest_debtor": " 99999 ", "not_customers": "*@Marketplace.amazon.*\n*@marketplace.amazon.*, a@winkel.nl"}
    assert "Saved" in post(owner, asked, "customers/", **form)
    asked.refresh_from_db()
    listed = ["*@marketplace.amazon.*", "a@winkel.nl"]
    assert asked.settings == {**before, "guest_debtor": "99999", "not_customers": listed}
    page = get(owner, asked, "customers/")
    assert "a@winkel.nl" in page


@pytest.mark.parametrize("wrong", ["*", "*@*", "winkel.nl"])
def test_a_pattern_for_everybody_is_refused(asked: Connection, owner: Client, wrong: str) -> None:
    before = dict(asked.settings)
    assert "errorlist" in owner.post(f"/c/{asked.pk}/customers/", {"not_customers": wrong}).content.decode()
    asked.refresh_from_db()
    assert asked.settings == before
