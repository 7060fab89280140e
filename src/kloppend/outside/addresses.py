"""Which internet addresses may be called: a merchant types the shop's address, so it must not lead into our own house.

A name is looked up once, every address found is judged, and the connection goes to exactly an address that passed.
"""

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable, Iterator, Sequence

from kloppend.outside.errors import AddressRefused, NameUnknown, TimedOut

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
LookUp = Callable[[str], Sequence[str]]

_V4, _V6 = ipaddress.IPv4Network, ipaddress.IPv6Network
_NOT_PUBLIC_V4 = (
    _V4("168.63.129.16/32"),  # Azure's own services, inside every machine there
    _V4("192.0.0.0/24"),  # protocol assignments
    _V4("192.88.99.0/24"),  # 6to4 relays
)
_PUBLIC_V6 = _V6("2000::/3")
_NOT_PUBLIC_V6 = (
    _V6("2001::/23"),  # protocol assignments, Teredo among them
    _V6("2001:db8::/32"),  # documentation
    _V6("2002::/16"),  # 6to4
    _V6("3fff::/20"),  # documentation
)
_NAT64 = _V6("64:ff9b::/96")
_LOCAL_NAT64 = _V6("64:ff9b:1::/48")
_COMPATIBLE = _V6("::/96")
_NO_WRAPPING = (ipaddress.IPv6Address("::"), ipaddress.IPv6Address("::1"))


def look_up(host: str) -> Sequence[str]:
    """All addresses of a name as the system knows them; odd spellings such as `2130706433` come back as `127.0.0.1`.

    Raises OSError or UnicodeError when there are none.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def permitted_addresses(
    host: str, allowed_networks: Sequence[Network], *, within: float, by: LookUp = look_up
) -> tuple[str, ...]:
    """The addresses of `host` that may be called, at least one, looked up in at most `within` seconds.

    Raises NameUnknown, TimedOut, or AddressRefused when every address found is private.
    """
    found = _looked_up(host, within, by)
    permitted = tuple(text for text in found if is_permitted(text, allowed_networks))
    if not permitted:
        raise AddressRefused(f"{host} leads to a private network")
    return permitted


def is_permitted(text: str, allowed_networks: Sequence[Network]) -> bool:
    """Whether this address, and every address wrapped in it, is public or in a network the operator allowed.

    Text that is no address never is.
    """
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return all(_is_public(shape) or any(shape in network for network in allowed_networks) for shape in _shapes(address))


def _shapes(address: Address) -> Iterator[Address]:
    """The addresses that a connection may end at: all of them must be harmless.

    Mapped and NAT64 addresses are another spelling of the IPv4 address in them; the other wrappings lead through an
    IPv6 network of their own, which is judged too.
    """
    if isinstance(address, ipaddress.IPv4Address):
        yield address
        return
    last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped or address in _NAT64:
        yield last
        return
    yield address
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if address in _LOCAL_NAT64 or (address in _COMPATIBLE and address not in _NO_WRAPPING):
        yield last


def _is_public(address: Address) -> bool:
    """By our own list where Python's differs between its versions or knows only what routers do."""
    if isinstance(address, ipaddress.IPv6Address):
        return address in _PUBLIC_V6 and not any(address in network for network in _NOT_PUBLIC_V6)
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    return address.is_global and not odd and not any(address in network for network in _NOT_PUBLIC_V4)


def _looked_up(host: str, within: float, by: LookUp) -> Sequence[str]:
    """The system's look-up knows no time limit, so it runs aside and is left behind when it takes too long."""
    answer: queue.Queue[Sequence[str] | Exception] = queue.Queue(maxsize=1)

    def work() -> None:
        try:
            answer.put(by(host))
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=work, daemon=True, name="name look-up").start()
    try:
        found = answer.get(timeout=max(within, 0.001))
    except queue.Empty:
        raise TimedOut(f"looking up {host} took too long") from None
    if isinstance(found, Exception):
        raise NameUnknown(f"{host} is not known") from found
    return found
