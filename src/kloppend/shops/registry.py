"""Which kinds of shop there are. A new kind is a folder beside this file and one line in SHOPS."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from kloppend.outside.addresses import Network
from kloppend.outside.http import GuardedClient
from kloppend.shops.opencart import OpenCartShop
from kloppend.shops.port import Shop, ShopAccess

SHOPS: Mapping[str, Callable[[ShopAccess, GuardedClient], Shop]] = MappingProxyType({"opencart": OpenCartShop})


def open_shop(kind: str, access: ShopAccess, *, allowed_networks: Sequence[Network]) -> Shop:
    """A shop to speak to; close it afterwards. `allowed_networks` are private networks the operator trusts.

    Raises KeyError for a kind that is not in SHOPS. Nothing is sent yet.
    """
    return SHOPS[kind](access, GuardedClient(allowed_networks=allowed_networks))
