"""Deciding whose an order is, and comparing with an export, on a phone and by keyboard."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from kloppend.records.models import Connection, Membership, Order
from kloppend.shops.opencart.simulator import SimulatedStore
from tests.books.test_asperion_exports import transaction, xaf
from tests.browser.conftest import make_user
from tests.browser.test_journey import log_in_by_keyboard
from tests.sync.conftest import sync
from tests.sync.test_customers import company

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_question_is_answered_and_an_export_compared(
    connection: Connection, store: SimulatedStore, live_server: LiveServer, page: Page
) -> None:
    company(store, "1", "Bakkerij De Zon B.V.")
    company(store, "2", "De Maan")
    sync(connection)
    user = make_user("jansen")
    Membership.objects.create(user=user, merchant=connection.merchant, role=Membership.Role.OWNER)
    page.goto(live_server.url)
    log_in_by_keyboard(page)
    start = page.url
    page.goto(start + "problems/")
    page.get_by_role("link", name="Zeg van wie deze bestelling is").first.click()
    fits(page)
    page.get_by_role("radio", name="de klant met dit debiteurnummer").focus()
    page.keyboard.press("Space")
    page.get_by_label("Debiteurnummer", exact=True).fill("10502")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Genoteerd. 1 bestelling is opnieuw bekeken.")).to_be_visible()
    fits(page)
    assert Order.objects.get(shop_order_id="2").state == Order.State.READY

    page.goto(start + "files/")
    page.get_by_role("link", name="Vergelijken met een export").click()
    fits(page)
    content = xaf(("S", transaction("20261", "Bestelling 1", "1.00")))
    page.get_by_label("Export van uw boekhouding").set_input_files(
        {"name": "x.xaf", "mimeType": "application/xml", "buffer": content}
    )
    page.get_by_role("button", name="Vergelijken").click()
    expect(page.get_by_role("heading", name="Vergelijking met de boekhouding")).to_be_visible()
    fits(page)
    page.get_by_role("button", name="Zet verschillen en dubbele bij de problemen").click()
    expect(page.get_by_text("1 bestelling staat bij de problemen.")).to_be_visible()


def fits(page: Page) -> None:
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider == 0, page.url
