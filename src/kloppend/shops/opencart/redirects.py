"""Which redirects are still the same shop: to https, or between www and the bare name. All others lead elsewhere."""

import httpx

from kloppend.domain.problems import Problem
from kloppend.outside.http import Answer

REDIRECTS = frozenset({301, 302, 303, 307, 308})
MOST_HOPS = 3
_DEFAULT_PORT = {"http": 80, "https": 443}


def next_hop(answer: Answer) -> httpx.URL | None:
    """Where this answer sends us, or None when it names no usable address."""
    try:
        return httpx.URL(answer.url).join(answer.headers.get("location", ""))
    except (httpx.InvalidURL, ValueError):
        return None


def refused(shop: str, before: httpx.URL, after: httpx.URL | None, hops: int) -> Problem | None:
    """Why this redirect is not followed, for a shop of this name; None when it is. `hops`: how many there were with it.

    Followed: to the same host apart from `www.`, with our question unchanged, and never back to http or to another
    port. From http to https the port is the usual one or, where a port was named, still that one.
    """
    if after is None or not _is_same_server(before, after):
        where = str(after.copy_with(userinfo=b"", path="", query=None, fragment=None)) if after else "?"
        return Problem.of("SHOP_REDIRECTS_ELSEWHERE", address=shop, target=where)
    if before.query != after.query:
        return Problem.of("SHOP_REDIRECT_LOSES_QUESTION", address=shop, target=f"{after.host}{after.path}")
    return Problem.of("SHOP_REDIRECTS_IN_CIRCLES", address=shop) if hops > MOST_HOPS else None


def _is_same_server(before: httpx.URL, after: httpx.URL) -> bool:
    if before.host.removeprefix("www.") != after.host.removeprefix("www.") or after.userinfo:
        return False
    if before.scheme == after.scheme:
        return _port(before) == _port(after)
    ports = {_DEFAULT_PORT["https"], before.port or _DEFAULT_PORT["https"]}
    return (before.scheme, after.scheme) == ("http", "https") and _port(after) in ports


def _port(url: httpx.URL) -> int | None:
    return url.port or _DEFAULT_PORT.get(url.scheme)
