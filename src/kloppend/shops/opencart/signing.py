"""Signatures of the shop protocol: proof that a request comes from us and that an answer answers exactly that request.

The exact bytes are written down in docs/protocol.md and checked, in Python and in PHP, by docs/protocol-vectors.json.
"""

import hashlib
import hmac
from collections.abc import Mapping
from urllib.parse import quote

NOT_SIGNED = frozenset({"route", "signature"})
_REQUEST = "kloppend-request-1"
_ANSWER = "kloppend-answer-1"


def canonical(params: Mapping[str, str]) -> str:
    """The one spelling of a request's parameters that is signed: sorted, percent-encoded (RFC 3986), joined with `&`.

    `route` and `signature` are left out. Raises UnicodeEncodeError for text that has no UTF-8 form.
    """
    pairs = sorted((_encoded(name), _encoded(value)) for name, value in params.items() if name not in NOT_SIGNED)
    return "\n".join([_REQUEST, "&".join(f"{name}={value}" for name, value in pairs)])


def sign_request(key: str, params: Mapping[str, str]) -> str:
    """HMAC-SHA256 of the canonical form, 64 lower-case hex digits."""
    return _hmac(key, canonical(params))


def sign_envelope(key: str, protocol: int, nonce: str, body: str) -> str:
    """HMAC-SHA256 over the answer's protocol, the request's nonce and the body text, 64 lower-case hex digits."""
    return _hmac(key, "\n".join([_ANSWER, str(protocol), nonce, body]))


def same(expected: str, given: str) -> bool:
    """Compare two signatures in a time that does not tell where they differ."""
    return hmac.compare_digest(expected.encode("utf-8"), given.encode("utf-8", "replace"))


def _encoded(text: str) -> str:
    return quote(text, safe="")


def _hmac(key: str, text: str) -> str:
    return hmac.new(key.encode("utf-8"), text.encode("utf-8"), hashlib.sha256).hexdigest()
