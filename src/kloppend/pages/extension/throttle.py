"""Counts wrong signatures and secrets per address (docs/protocol.md, 1.3). Who has the right one never comes here."""

import ipaddress

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

ALLOWED = 20
SECONDS = 600


def too_many(request: HttpRequest, of: str = "extension-check") -> bool:
    """Count one more wrong signature or secret from where this request comes from; whether that were too many."""
    key = f"{of}:{_place(request)}"
    if cache.add(key, 1, SECONDS):
        return False
    try:
        return int(cache.incr(key)) > ALLOWED
    except ValueError:  # forgotten in between
        return False


def _place(request: HttpRequest) -> str:
    """The visitor's address behind the operator's proxies; one IPv6 customer has a /64."""
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    return str(ipaddress.ip_network((address, 64), strict=False) if address.version == 6 else address)
