"""What stands between us and the extension and answers in its place: a cache, a password, a firewall.

Judged by what such a thing says of itself; what says nothing of itself stays "not the extension's data".
"""

import re
import zlib

from kloppend.outside.http import MEBIBYTE, Answer

_CACHE_HEADERS = ("x-cache", "x-cache-status", "cf-cache-status", "x-litespeed-cache", "x-proxy-cache", "x-cache-hits")
_HIT = re.compile(r"\bhit\b|\A[1-9][0-9]*\Z", re.IGNORECASE)
_REFUSING = frozenset({403, 406, 414, 418})
"""Firewalls refuse with these; 414: the question is longer than they allow."""
_GUARDING = re.compile(
    rb"<title>\s*(?:just a moment|checking your browser|attention required|access denied|request blocked"
    rb"|security check|ddos|one moment, please|are you (?:a )?(?:human|robot))|/cdn-cgi/challenge-platform"
    rb"|imunify360|incapsula incident|sucuri website firewall",
)
_LARGEST = 16 * MEBIBYTE
_GZIP = b"\x1f\x8b"


def obstacle(answer: Answer) -> str:
    """The code of what answered in the extension's place, or an empty text when nothing shows what it was.

    Every question of ours has an address of its own, so whatever comes out of a cache belongs to another question.
    """
    if _is_kept(answer):
        return "SHOP_ANSWER_CACHED"
    if answer.status == 401:
        return "SHOP_BEHIND_PASSWORD"
    guarding = "cf-mitigated" in answer.headers or _GUARDING.search(answer.body[:20_000].lower())
    return "SHOP_FIREWALL" if guarding or answer.status in _REFUSING else ""


def _is_kept(answer: Answer) -> bool:
    age = answer.headers.get("age", "")
    if age.isascii() and age.isdigit() and age.strip("0"):
        return True
    return any(_HIT.search(answer.headers.get(name, "")) for name in _CACHE_HEADERS)


def bared(body: bytes) -> bytes:
    """The envelope without what was put around it: a second packing, a byte order mark, notices that PHP printed.

    Nothing is lost by this: the signature proves what is left. Without an envelope in it, the body as it came.
    """
    unpacked = _unpacked(body)
    begin, end = unpacked.find(b'{"protocol":'), unpacked.rfind(b"}")
    return unpacked[begin : end + 1] if 0 <= begin < end else unpacked


def _unpacked(body: bytes) -> bytes:
    if not body.startswith(_GZIP):
        return body
    unpacking = zlib.decompressobj(31)
    try:
        inner = unpacking.decompress(body, _LARGEST)
    except zlib.error:
        return body
    return inner if unpacking.eof else body
