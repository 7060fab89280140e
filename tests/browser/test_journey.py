"""From login to a refused order whose cause is mended in the shop, processed, and found in the next file."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from kloppend.records.models import Batch, Connection, Membership, Order
from kloppend.shops.opencart.simulator import SimulatedStore
from tests.browser.conftest import make_user
from tests.pages.conftest import PASSWORD
from tests.sync.conftest import sync

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def visited(connection: Connection, store: SimulatedStore, live_server: LiveServer, page: Page) -> Page:
    """The shopkeeper at the login page, after a first run in which an order without an e-mail address was refused."""
    store.change_order("2", email="")
    sync(connection)
    user = make_user("jansen")
    Membership.objects.create(user=user, merchant=connection.merchant, role=Membership.Role.OWNER)
    page.goto(live_server.url)
    return page


def log_in_by_keyboard(page: Page) -> None:
    """As somebody does who has no mouse: the skip link comes first, then the fields in sequence."""
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("[name=login]")).to_be_focused()
    page.keyboard.type("jansen@example.nl")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="De Proef")).to_be_visible()


def test_a_refused_order_is_mended_processed_and_in_the_next_file(visited: Page, store: SimulatedStore) -> None:
    page = visited
    log_in_by_keyboard(page)

    page.get_by_role("navigation").get_by_role("link", name="Problemen").click()
    card = page.locator("article", has=page.get_by_role("link", name="Bestelling 2", exact=True))
    expect(card).to_contain_text("De bestelling heeft geen e-mailadres")
    card.get_by_role("button", name="Verwerken").click()
    expect(card.get_by_text("Zojuist opnieuw bekeken")).to_be_visible()  # too early: nothing was mended yet
    expect(card).to_contain_text("De bestelling heeft geen e-mailadres")

    store.change_order("2", email="klant@example.nl")
    card.get_by_role("button", name="Verwerken").click()
    expect(page.get_by_text("Alles klopt nu.")).to_be_visible()
    assert Order.objects.get(shop_order_id="2").state == Order.State.READY

    page.get_by_role("navigation").get_by_role("link", name="Bestanden").click()
    page.get_by_text("Nu een bestand maken").click()
    page.get_by_role("button", name="Ja, nu maken").click()
    expect(page.get_by_text("Het bestand is gemaakt")).to_be_visible()
    newest = Batch.objects.latest("pk")
    assert list(newest.deliveries.values_list("invoice__order__shop_order_id", flat=True)) == ["2"]
    with page.expect_download() as downloaded:
        page.get_by_role("button", name="Downloaden").first.click()
    assert downloaded.value.suggested_filename == newest.name


def test_no_page_offends_the_policy_or_runs_off_a_phone(visited: Page, connection: Connection) -> None:
    page = visited
    log_in_by_keyboard(page)
    start = page.url
    for path in (
        "",
        "problems/",
        "files/",
        "report/",
        "month/",
        "booked/",
        "settings/",
        "layout/",
        "orders/",
        "orders/1/",
        "orders/6/",
    ):
        page.goto(start + path)
        wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider == 0, path
    page.get_by_role("button", name="demo").or_(page.get_by_text("jansen")).first.click()
    page.get_by_role("button", name="Donker").click()
    expect(page.locator("html")).to_have_attribute("data-look", "dark")


def test_the_live_test_of_the_settings_stays_on_the_page(visited: Page) -> None:
    page = visited
    log_in_by_keyboard(page)
    page.get_by_role("navigation").get_by_role("link", name="Instellingen").click()
    page.get_by_role("button", name="Alleen testen").click()
    expect(page.get_by_role("heading", name="De test")).to_be_visible()
    expect(page.get_by_text("Alles is in orde.")).to_be_visible()
