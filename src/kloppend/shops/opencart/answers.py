"""Judges what a shop's server answered: the extension's signed envelope, or which of the many other things it was."""

import re
from typing import TypeVar

import msgspec

from kloppend.domain.problems import Problem
from kloppend.outside import errors
from kloppend.outside.http import Answer
from kloppend.shops.opencart import between, signing, wire
from kloppend.shops.opencart.translate import place_of
from kloppend.shops.port import ShopFault

Form = TypeVar("Form")

TRANSIENT = frozenset(
    {
        *("SHOP_TIMEOUT", "SHOP_UNREACHABLE", "SHOP_SERVER_ERROR", "SHOP_MAINTENANCE", "SHOP_BUSY"),
        "SHOP_FIREWALL",  # some look at every visitor's browser now and then
    }
)
"""Codes after which the same request may succeed a moment later."""

_ESCAPE = re.compile(r"(\\\\)|\\u0000")
_ERRORS = {
    errors.AddressInvalid: "SHOP_ADDRESS_INVALID",
    errors.AddressRefused: "SHOP_ADDRESS_PRIVATE",
    errors.NameUnknown: "SHOP_NAME_UNKNOWN",
    errors.ConnectionFailed: "SHOP_UNREACHABLE",
    errors.TlsFailed: "SHOP_TLS_FAILED",
    errors.TimedOut: "SHOP_TIMEOUT",
    errors.AnswerTooLarge: "SHOP_ANSWER_TOO_LARGE",
}
_STATUSES = {
    404: "SHOP_EXTENSION_NOT_FOUND",
    410: "SHOP_EXTENSION_NOT_FOUND",
    429: "SHOP_BUSY",
    503: "SHOP_MAINTENANCE",
}


def outside_fault(error: errors.OutsideError, address: str) -> ShopFault:
    """The fault for an error on the way to the shop."""
    code = _ERRORS.get(type(error))
    if code is None:
        return ShopFault(Problem.of("SHOP_ANSWER_NOT_JSON", address=address, seen="HTTP", status="-"))
    return ShopFault(Problem.of(code, address=address))


def invalid(address: str, what: str) -> ShopFault:
    """The fault for an answer that is signed but not of the agreed form."""
    return ShopFault(Problem.of("SHOP_ANSWER_INVALID", address=address, what=what))


def opened(answer: Answer, *, key: str, nonce: str, address: str) -> str:
    """The body text of a signed answer to the request with this nonce. Raises ShopFault for anything else.

    NUL characters, which no database of ours can keep, are left out.
    """
    envelope = _envelope(answer, address)
    expected = signing.sign_envelope(key, envelope.protocol, envelope.nonce, envelope.body)
    if not signing.same(expected, envelope.signature):
        raise ShopFault(Problem.of("SHOP_SIGNATURE_WRONG", address=address))
    if not signing.same(nonce, envelope.nonce):  # the extension's own answer, but to an earlier question
        raise ShopFault(Problem.of("SHOP_ANSWER_CACHED", address=address))
    if envelope.protocol != wire.PROTOCOL:
        raise ShopFault(Problem.of("SHOP_PROTOCOL_TOO_NEW", address=address))
    return _ESCAPE.sub(lambda found: found[1] or "", envelope.body)


def _envelope(answer: Answer, address: str) -> wire.Envelope:
    if answer.status != 200:
        raise _status_fault(answer, address)
    body = between.bared(answer.body)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        if not body.lstrip().startswith(b"{"):
            raise _not_json(answer, address) from None
        raise ShopFault(Problem.of("SHOP_NOT_UTF8", address=address)) from None
    try:
        return msgspec.json.decode(text, type=wire.Envelope)
    except msgspec.ValidationError:
        raise ShopFault(Problem.of("SHOP_ANSWER_UNSIGNED", address=address)) from None
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        raise _not_json(answer, address) from None


def _status_fault(answer: Answer, address: str) -> ShopFault:
    code = between.obstacle(answer)
    if code != "SHOP_ANSWER_CACHED" and answer.status in (403, 429) and _is_outsider_answer(answer.body):
        return ShopFault(Problem.of("SHOP_KEY_REFUSED", address=address))
    if code:
        return ShopFault(Problem.of(code, address=address, status=answer.status))
    code = _STATUSES.get(answer.status, "SHOP_SERVER_ERROR" if 500 <= answer.status < 600 else "")
    if code:
        return ShopFault(Problem.of(code, address=address, status=answer.status))
    return _not_json(answer, address)


def _is_outsider_answer(body: bytes) -> bool:
    try:
        msgspec.json.decode(body, type=wire.Outsider)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True


def _not_json(answer: Answer, address: str) -> ShopFault:
    code = between.obstacle(answer)
    if code:
        return ShopFault(Problem.of(code, address=address, status=answer.status))
    return ShopFault(Problem.of("SHOP_ANSWER_NOT_JSON", address=address, seen=_seen(answer.body), status=answer.status))


def _seen(body: bytes) -> str:
    """A word for what came, without repeating any of it."""
    start = body[:2000].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if any(
        mark in start for mark in (b"<b>notice</b>", b"<b>warning</b>", b"<b>fatal error</b>", b"<b>deprecated</b>")
    ):
        return "PHP notice"
    if start.startswith((b"<!doctype", b"<html", b"<")):
        return "HTML"
    return f"JSON, {len(body)} bytes" if start.startswith(b"{") else f"{len(body)} bytes"


def decoded(text: str, form: type[Form], address: str) -> Form:
    """A body as this form. Raises ShopFault."""
    try:
        return msgspec.json.decode(text, type=form)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise invalid(address, place_of(error)) from None
