"""The sockets under the guarded client: only permitted addresses, and one deadline over a whole request.

httpcore asks this backend for every connection, redirects and retries included, so nothing can go around the check.
"""

import ssl
import time
from collections.abc import Iterable, Sequence
from contextvars import ContextVar
from typing import Any

import httpcore

from kloppend.outside.addresses import LookUp, Network, permitted_addresses

SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]

DEADLINE: ContextVar[float] = ContextVar("deadline")
"""When the request of this thread must be over, by `time.monotonic()`. Set for the length of one request."""


def remaining(limit: float | None) -> float:
    """Seconds this step may take: its own limit or what is left of the request, whichever is less. Zero: too late."""
    left = max(DEADLINE.get() - time.monotonic(), 0.0)
    return left if limit is None else min(limit, left)


class DeadlineStream(httpcore.NetworkStream):
    """A connection whose every step ends before the request's deadline, so that a slow drip cannot hold us."""

    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there, at most `max_bytes`."""
        seconds = remaining(timeout)
        if not seconds:
            raise httpcore.ReadTimeout("deadline")
        return self._inner.read(max_bytes, seconds)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        seconds = remaining(timeout)
        if not seconds:
            raise httpcore.WriteTimeout("deadline")
        self._inner.write(buffer, seconds)

    def close(self) -> None:
        """Hang up."""
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Go on encrypted; the certificate is checked against the name, not against the address."""
        seconds = remaining(timeout)
        if not seconds:
            raise httpcore.ConnectTimeout("deadline")
        return DeadlineStream(self._inner.start_tls(ssl_context, server_hostname, seconds))

    def get_extra_info(self, info: str) -> Any:
        """Whatever httpcore wants to know of the connection."""
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to exactly the addresses that passed the check: the name is not looked up a second time."""

    def __init__(self, allowed_networks: Sequence[Network], by: LookUp) -> None:
        self._allowed = tuple(allowed_networks)
        self._by = by
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first permitted address that answers. Raises AddressRefused, NameUnknown, TimedOut."""
        options = None if socket_options is None else list(socket_options)
        last: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in permitted_addresses(host, self._allowed, within=remaining(timeout), by=self._by):
            seconds = remaining(timeout)
            if not seconds:
                break
            try:
                return DeadlineStream(self._plain.connect_tcp(address, port, seconds, local_address, options))
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last or httpcore.ConnectTimeout("deadline")
