"""A simulated OpenCart store with the adapter connected to it, as the contract and the other tests use it."""

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kloppend.outside.http import GuardedClient, Limits
from kloppend.shops.opencart import OpenCartShop
from kloppend.shops.opencart.conversation import Patience
from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
from kloppend.shops.port import ShopAccess

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
QUICK = Patience(attempts=2, first_wait=0.001)
SHORT = Limits(connect=2.0, read=5.0, total=10.0)
KEY = "Geheim-2026!*@#()="
LICENCE = "KL-2026-0001"


class OpenCartRig:
    """Implements tests.shops.contract.Rig."""

    def __init__(self, store: SimulatedStore, server: StoreServer) -> None:
        self.store = store
        self.server = server
        self.secret = store.api_key
        self.shop = self.connected()

    def connected(
        self,
        *,
        secret: str = KEY,
        address: str = "",
        limits: Limits = SHORT,
        licence: str = LICENCE,
        route: str = "",
        vat_number_field: str = "",
        patience: Patience = QUICK,
        networks: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = LOOPBACK,
    ) -> OpenCartShop:
        access = ShopAccess(
            address=address or self.server.address,
            api_key=secret,
            licence_key=licence,
            route=route,
            vat_number_field=vat_number_field,
        )
        return OpenCartShop(access, GuardedClient(allowed_networks=networks, limits=limits), patience)

    def reconnected(self, *, secret: str) -> OpenCartShop:
        return self.connected(secret=secret)

    def all_ids(self) -> set[str]:
        return {record["order"]["order_id"] for record in self.store.records}

    def confirmed_ids(self) -> set[str]:
        return {r["order"]["order_id"] for r in self.store.records if r["order"]["order_status_id"] != "0"}

    def new_order(self) -> str:
        return self.store.add_order(self.store.records[0])

    def change_status(self, shop_order_id: str) -> str:
        self.store.set_status(shop_order_id, "7")
        return shop_order_id

    def remove(self, shop_order_id: str) -> None:
        self.store.remove_order(shop_order_id)


@contextmanager
def opencart_rig(rows: Path | Mapping[str, Any]) -> Iterator[OpenCartRig]:
    store = SimulatedStore(rows, KEY, LICENCE)
    with StoreServer(store) as server:
        rig = OpenCartRig(store, server)
        try:
            yield rig
        finally:
            rig.shop.close()
