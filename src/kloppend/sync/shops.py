"""Opens the shop of a connection, and closes it again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from kloppend.records.models import Connection
from kloppend.shops.port import Shop, ShopAccess
from kloppend.shops.registry import open_shop


@contextmanager
def shop_of(connection: Connection) -> Iterator[Shop]:
    """The connection's shop, with the secrets it needs and the networks the operator allows."""
    access = ShopAccess(
        address=connection.shop_address,
        api_key=connection.api_key,
        licence_key=connection.licence_key,
        route=connection.shop_route,
        vat_number_field=str(connection.settings.get("vat_number_field", "")),
    )
    shop = open_shop(connection.shop_kind, access, allowed_networks=settings.KLOPPEND_ALLOWED_NETWORKS)
    try:
        yield shop
    finally:
        shop.close()
