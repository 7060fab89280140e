"""Test connection and Open my dashboard: the real extension in PHP asks the real platform."""

from collections.abc import Iterator
from html import unescape

import pytest
from django.core.cache import cache
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from kloppend.demo.stores import choices_for
from kloppend.records.licences import give_out
from kloppend.records.models import Administration, Connection, Merchant, Shop
from kloppend.shops.opencart.simulator import RECORDINGS
from kloppend.sync.runs import run_connection
from tests.extension import tables
from tests.extension.shop import Host, InstalledShop
from tests.shops.rig import KEY, LICENCE, LOOPBACK
from tests.sync.conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True)
CHOSEN = {path.stem: path for path in RECORDINGS}


@pytest.fixture(params=[RECORDINGS[0], RECORDINGS[-1]], ids=lambda path: path.stem)
def shop(
    request: pytest.FixtureRequest, shops: Host, live_server: LiveServer, settings: Settings, tmp_path: object
) -> Iterator[InstalledShop]:
    cache.clear()
    settings.KLOPPEND_BASE_URL = live_server.url
    settings.KLOPPEND_ALLOWED_NETWORKS = LOOPBACK
    settings.KLOPPEND_FILES_DIR = str(tmp_path)
    found = shops.shop(tables.recording(request.param), platform_url=live_server.url)
    yield found
    found.close()


def connected(shop: InstalledShop, *, key: str = KEY, licence: str = LICENCE) -> Connection:
    return Connection.objects.create(
        merchant=Merchant.objects.create(name="Jansen"),
        administration=Administration.objects.create(kind="asperion_axml", label="ADM"),
        name="De <Proef>",
        shop_kind="opencart",
        shop_address=shop.address,
        api_key=key,
        licence_key=licence,
        settings=choices_for(shop.version),
    )


def said(shop: InstalledShop) -> str:
    return unescape(shop.admin("check=1").text)


def test_from_unknown_to_fetched_to_the_dashboard(shop: InstalledShop, live_server: LiveServer) -> None:
    page = said(shop)
    assert "knows no connection with this API key" in page
    assert "does not know this licence key" in page

    connection = connected(shop)
    page = said(shop)
    assert "The connection works. Kloppend " in page
    assert "De <Proef>" in page
    assert "The licence is valid." in page
    assert "Last fetched" not in page

    run_connection(connection.pk, "person", NOON)  # type: ignore[arg-type]
    fetched = connection.runs.get().fetched
    assert fetched > 0
    assert f", {fetched} orders." in said(shop)
    assert f'href="{live_server.url}/c/{connection.pk}/"' in shop.admin().text


def test_found_by_its_own_name_without_a_licence(shop: InstalledShop) -> None:
    connection = connected(shop, licence="ANDERE")
    assert "knows no connection" in said(shop)
    identity = shop.shop.identify()
    connection.shop = Shop.objects.create(kind="opencart", shop_id=identity.shop_id)
    connection.save()
    page = said(shop)
    assert "The connection works." in page
    assert "does not know this licence key" in page


def test_another_key(shop: InstalledShop) -> None:
    connected(shop, key="Andere!Sleutel(2026)*Toets")
    assert "knows no connection with this API key" in said(shop)


def test_an_expired_licence(shop: InstalledShop) -> None:
    connection = connected(shop)
    licence = give_out(connection.merchant, NOON, trial=True, last_day=NOON.date().replace(year=2025))
    prefixed = f"UPDATE {shop.table('setting')} SET value = '{licence.key}' WHERE `key` LIKE '%licence_key'"
    shop.sql(prefixed)
    assert "The licence has expired." in said(shop)
    connection.licence_key = licence.key
    connection.save()
    page = said(shop)
    assert "The connection works." in page
    assert "The licence has expired." in page
