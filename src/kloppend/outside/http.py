"""The one way out of the house: HTTP requests that cannot be led into a private network, hang, or flood the memory.

Addresses come from merchants and redirects from strangers; both are only ever called through here.
"""

import re
import ssl
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from urllib.parse import quote, urlencode

import httpcore
import httpx

from kloppend.outside.addresses import LookUp, Network, look_up
from kloppend.outside.errors import (
    AddressInvalid,
    AnswerGarbled,
    ConnectionFailed,
    TimedOut,
    TlsFailed,
)
from kloppend.outside.network import DEADLINE, GuardedBackend
from kloppend.outside.reading import read_bounded

_HOST = re.compile(rb"[A-Za-z0-9._:-]+")
MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered. Header names are lower case; `body` is unpacked; `url` is what was asked."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how much, in seconds and bytes. `total` bounds one request from the look-up to the last byte."""

    connect: float = 10.0
    read: float = 30.0
    total: float = 60.0
    body: int = 16 * MEBIBYTE


class GuardedClient:
    """Makes requests to the outside; never follows redirects, never uses a proxy of the environment.

    `allowed_networks` are private networks the operator trusts. Without `keep_alive` nothing stays
    open between two requests: none is lost on a connection that had died meanwhile.
    Every method raises OutsideError and nothing else.
    """

    def __init__(
        self,
        *,
        allowed_networks: Sequence[Network] = (),
        limits: Limits | None = None,
        by: LookUp = look_up,
        tls: ssl.SSLContext | None = None,
        keep_alive: bool = True,
    ) -> None:
        self._limits = limits or Limits()
        context = tls or httpx.create_ssl_context(trust_env=False)
        pool = httpcore.ConnectionPool(
            ssl_context=context,
            network_backend=GuardedBackend(allowed_networks, by),
            max_keepalive_connections=None if keep_alive else 0,
        )
        self._client = httpx.Client(
            transport=_Transport(pool),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(self._limits.read, connect=self._limits.connect),
            headers={"accept-encoding": "gzip", "user-agent": "Kloppend"},
        )

    def get(self, url: str, params: Mapping[str, str] | None = None) -> Answer:
        """Ask for `url`; `params` are added to its query, percent-encoded as RFC 3986 says."""
        return self.request("GET", url, params=params)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> Answer:
        """Send one request and read the whole answer, within the limits."""
        target = _checked(url, params)
        marker = DEADLINE.set(time.monotonic() + self._limits.total)
        try:
            with _our_errors(), self._client.stream(method, target, headers=headers, content=content) as response:
                body = read_bounded(response, self._limits.body)
                return Answer(status=response.status_code, headers=dict(response.headers), body=body, url=str(target))
        finally:
            DEADLINE.reset(marker)

    def close(self) -> None:
        """Let go of connections."""
        self._client.close()

    def __enter__(self) -> "GuardedClient":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Transport(httpx.BaseTransport):
    """httpx over our own httpcore pool: httpx's own transport does not let one give a network backend."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        response = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=url,
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        return httpx.Response(response.status, headers=response.headers, stream=_Stream(response))

    def close(self) -> None:
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


@contextmanager
def _our_errors() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException:
        raise TimedOut("no complete answer in time") from None
    except httpcore.NetworkError as error:
        if _is_tls(error):
            raise TlsFailed("no secure connection") from error
        raise ConnectionFailed("no connection, or it broke") from error
    except httpcore.RemoteProtocolError as error:
        if str(error).startswith("illegal "):  # whole, but no HTTP: OpenCart 1.5 can say "HTTP/1.1/1.1 404 Not Found"
            raise AnswerGarbled("the answer cannot be read") from error
        raise ConnectionFailed("the answer broke off") from error
    except (httpcore.ProtocolError, httpx.HTTPError, httpx.InvalidURL, zlib.error) as error:
        raise AnswerGarbled("the answer cannot be read") from error


def _is_tls(error: BaseException) -> bool:
    cause = error.__cause__ or error.__context__
    return isinstance(error, ssl.SSLError) or (cause is not None and cause is not error and _is_tls(cause))


def _checked(url: str, params: Mapping[str, str] | None) -> httpx.URL:
    try:
        target = httpx.URL(url)
        port = target.port
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressInvalid("not an address") from error
    plain = target.scheme in ("http", "https") and _HOST.fullmatch(target.raw_host)
    if not plain or target.userinfo or not (port is None or 0 < port < 65536):
        raise AddressInvalid("only http and https, with a host and without a user name")
    if params:
        added = urlencode(params, quote_via=quote, safe="")
        query = target.query.decode("ascii")
        target = target.copy_with(query=f"{query}&{added}".lstrip("&").encode("ascii"))
    return target
