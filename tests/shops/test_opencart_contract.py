"""OpenCart keeps the contract of the Shop port, in every recorded version and with small pages too."""

from collections.abc import Iterator

import pytest

from kloppend.shops.opencart import wire
from kloppend.shops.opencart.routes import ROUTES
from kloppend.shops.opencart.simulator import RECORDINGS
from tests.shops.contract import ShopContract, fetch
from tests.shops.rig import OpenCartRig, opencart_rig

VERSIONS = [path.stem for path in RECORDINGS]


@pytest.fixture(params=RECORDINGS, ids=VERSIONS)
def rig(request: pytest.FixtureRequest) -> Iterator[OpenCartRig]:
    with opencart_rig(request.param) as found:
        yield found


class TestOpenCart(ShopContract):
    """Everything in one page."""


class TestOpenCartInSmallPages(ShopContract):
    """The same, four orders to a page, so that the place between pages matters."""

    @pytest.fixture(autouse=True)
    def _small_pages(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wire, "ORDERS_PER_PAGE", 4)
        monkeypatch.setattr(wire, "ENTRIES_PER_PAGE", 3)


def test_four_versions_are_recorded() -> None:
    assert VERSIONS == ["1.5.6.4", "2.3.0.2", "3.0.5.1", "4.0.2.3"]


def test_the_shop_says_what_it_is(rig: OpenCartRig) -> None:
    identity = rig.shop.identify()
    assert identity.software == "opencart"
    assert identity.software_version == rig.store.version
    assert identity.base_currency == "EUR"
    assert identity.shop_id == rig.store.shop_id
    assert identity.route == rig.store.route


def test_the_licence_is_judged_by_the_shop(rig: OpenCartRig) -> None:
    assert rig.shop.identify().licence == "ok"
    other = rig.connected(licence="another")
    assert other.identify().licence == "differs"
    other.close()
    rig.store.licence_key = ""
    assert rig.shop.identify().licence == "empty"


def test_the_route_is_found_once_and_remembered(rig: OpenCartRig) -> None:
    fetch(rig.shop)
    assert rig.store.requests["orders"] == 1
    for remembered in (*ROUTES, "somewhere/else"):
        shop = rig.connected(route=remembered)
        assert shop.identify().route == rig.store.route
        shop.close()


def test_the_route_is_found_again_after_an_upgrade(rig: OpenCartRig) -> None:
    rig.shop.identify()
    rig.store.route = next(route for route in ROUTES if route != rig.store.route)
    assert rig.shop.identify().route == rig.store.route


def test_the_catalogue_lists_what_settings_are_chosen_from(rig: OpenCartRig) -> None:
    catalogue = rig.shop.catalogue()
    assert {str(rate.percentage) for rate in catalogue.tax_rates} == {"21.0000", "9.0000"}
    assert catalogue.tax_rates[0].countries == ("NL", "BE", "DE")
    assert "Processed" in {status.name for status in catalogue.statuses}
    assert [method.code for method in catalogue.payment_methods][:1] == ["cod"]
    assert {group.name for group in catalogue.customer_groups} == {"Default", "Zakelijk EU"}


def test_a_cursor_that_is_no_cursor_starts_the_history(rig: OpenCartRig) -> None:
    for cursor in ("nonsense", "changed:1:2026-99-99 00:00:00", "history:x:2026-01-01 00:00:00", "changed:0:"):
        assert set(fetch(rig.shop, cursor).ids) == rig.confirmed_ids()


def test_an_order_dated_in_the_future_does_not_make_us_skip_others(rig: OpenCartRig) -> None:
    cursor = fetch(rig.shop).cursor
    rig.store.change_order("1", date_modified="2190-01-01 00:00:00")
    after = fetch(rig.shop, cursor)
    assert "1" in after.ids
    new = rig.new_order()
    assert new in fetch(rig.shop, after.cursor).ids
