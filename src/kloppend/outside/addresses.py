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

_NAT64 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("64:ff9b:1::/48"))
_COMPATIBLE = ipaddress.IPv6Network("::/96")


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
    """Whether this address is public, or in a network the operator allowed. Text that is no address never is."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    shapes = tuple(_shapes(address))
    if any(shape in network for shape in shapes for network in allowed_networks):
        return True
    return all(_is_public(shape) for shape in shapes)


def _shapes(address: Address) -> Iterator[Address]:
    """The address itself and every IPv4 address that IPv6 can wrap: all of them must be harmless."""
    yield address
    if isinstance(address, ipaddress.IPv4Address):
        return
    if address.ipv4_mapped:
        yield address.ipv4_mapped
    if address.sixtofour:
        yield address.sixtofour
    if address.teredo:
        yield from address.teredo
    if address in _COMPATIBLE or any(address in network for network in _NAT64):
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return True  # judged by the IPv4 address inside it
    odd = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    if isinstance(address, ipaddress.IPv6Address) and any(address in network for network in _NAT64):
        odd = False  # likewise
    return address.is_global and not odd


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
