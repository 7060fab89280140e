"""The real client and the extension on PHP and MariaDB together keep the contract of the Shop port."""

from collections.abc import Iterator

import pytest

from kloppend.shops.opencart import wire
from kloppend.shops.opencart.simulator import RECORDINGS
from tests.extension import tables
from tests.extension.shop import Host, InstalledShop
from tests.shops.contract import ShopContract


@pytest.fixture(params=RECORDINGS, ids=lambda path: path.stem)
def rig(request: pytest.FixtureRequest, shops: Host) -> Iterator[InstalledShop]:
    shop = shops.shop(tables.recording(request.param))
    yield shop
    shop.close()


class TestExtension(ShopContract):
    """Every version, everything in one page."""


class TestExtensionInSmallPages(ShopContract):
    """One version, four orders to a page, so that the place between pages matters."""

    @pytest.fixture
    def rig(self, shops: Host, monkeypatch: pytest.MonkeyPatch) -> Iterator[InstalledShop]:
        monkeypatch.setattr(wire, "ORDERS_PER_PAGE", 4)
        monkeypatch.setattr(wire, "ENTRIES_PER_PAGE", 3)
        shop = shops.shop(tables.recording(RECORDINGS[0]))
        yield shop
        shop.close()
