"""Reads an answer's body without ever holding more of it than allowed, packed or unpacked."""

import re
import zlib
from collections.abc import Callable

import httpx

from kloppend.outside.errors import AnswerGarbled, AnswerTooLarge, ConnectionFailed

_PACKINGS = {"": None, "identity": None, "gzip": 31, "x-gzip": 31, "deflate": 15}


def read_bounded(response: httpx.Response, cap: int) -> bytes:
    """The unpacked body, at most `cap` bytes. Raises AnswerTooLarge, AnswerGarbled, ConnectionFailed and zlib.error."""
    declared = response.headers.get("content-length", "")
    if declared.isascii() and declared.isdigit() and len(declared) < 20 and int(declared) > cap:
        raise AnswerTooLarge(f"more than {cap} bytes announced")
    unpack, is_whole = _unpacker(response.headers.get("content-encoding", "").strip().lower())
    body = bytearray()
    for chunk in response.iter_raw():
        body += unpack(chunk, cap + 1 - len(body))
        if len(body) > cap:
            raise AnswerTooLarge(f"more than {cap} bytes")
    if not is_whole():
        raise ConnectionFailed("the packed answer broke off")
    return bytes(body)


def _unpacker(packing: str) -> tuple[Callable[[bytes, int], bytes], Callable[[], bool]]:
    """Unpacks the next chunk to at most so many bytes, which keeps a compression bomb small; and: was that all of it?

    Nothing at all is whole too: redirects often say that nothing is packed.
    """
    packing = "gzip" if re.fullmatch(r"gzip(?:\s*,\s*gzip)+", packing) else packing  # the inner one is the caller's
    if packing not in _PACKINGS:
        raise AnswerGarbled("packed in an unknown way")
    window = _PACKINGS[packing]
    if window is None:
        return (lambda chunk, most: chunk[:most]), (lambda: True)
    unpacking = zlib.decompressobj(window)
    begun = False

    def unpack(chunk: bytes, most: int) -> bytes:
        nonlocal begun
        begun = begun or bool(chunk)
        return unpacking.decompress(chunk, most)

    return unpack, lambda: not begun or (unpacking.eof and not unpacking.unused_data)
