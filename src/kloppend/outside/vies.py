"""Asks VIES, the EU's register of VAT numbers, whether a number is in use now (the REST service of the Commission).

The service only passes questions on: each member state answers for itself, and one of them is always down. So what is
not a plain yes or no is "unavailable", never a no. Field names are those that several independent clients use; the
Commission's own description could not be compared.
"""

import re
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from kloppend.outside.errors import OutsideError, TimedOut
from kloppend.outside.http import Answer, GuardedClient, Limits

OFFICIAL = "https://ec.europa.eu/taxation_customs/vies/rest-api"
LIMITS = Limits(connect=10, read=30, total=30, body=64 * 1024)
"""A slow member state takes a quarter of a minute."""

_WHOLE_SERVICE = frozenset({"SERVICE_UNAVAILABLE", "GLOBAL_MAX_CONCURRENT_REQ", "GLOBAL_MAX_CONCURRENT_REQ_TIME"})
_REQUESTER = "INVALID_REQUESTER_INFO"
_NO = frozenset({"", "INVALID"})
_YES = frozenset({"", "VALID"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What VIES says of a number. `fault` is why it could not say, and `everywhere`: nor could it of any other.

    `consultation_number` is the proof that it was asked; there is one only when the one who asks gave a number too,
    and `requester_refused` tells that VIES did not accept that.
    """

    outcome: Literal["valid", "invalid", "unavailable"]
    consultation_number: str = ""
    fault: str = ""
    everywhere: bool = False
    requester_refused: bool = False


class Vies:
    """The register at `address`; `requester` is the VAT number of the one who asks, or empty."""

    def __init__(self, http: GuardedClient, address: str = OFFICIAL, requester: str = "") -> None:
        self._http = http
        self._address = address.rstrip("/")
        self._requester = requester

    def ask(self, number: str) -> Found:
        """Ask once about a normalised number (EL for Greece, XI for Northern Ireland). Raises nothing."""
        found = self._ask(number, self._requester)
        if self._requester and found.fault == _REQUESTER:
            self._requester = ""  # nor for the numbers after this one
            again = self._ask(number, "")
            return Found(outcome=again.outcome, fault=again.fault, everywhere=again.everywhere, requester_refused=True)
        return found

    def _ask(self, number: str, requester: str) -> Found:
        question = {"countryCode": number[:2], "vatNumber": number[2:]}
        if requester:
            question |= {"requesterMemberStateCode": requester[:2], "requesterNumber": requester[2:]}
        headers = {"content-type": "application/json", "accept": "application/json"}
        try:
            answer = self._http.request(
                "POST", f"{self._address}/check-vat-number", headers=headers, content=msgspec.json.encode(question)
            )
        except TimedOut:
            return Found(outcome="unavailable", fault="TIMEOUT")
        except OutsideError as error:
            return Found(outcome="unavailable", fault=type(error).__name__, everywhere=True)
        return _read(answer, number)


def _read(answer: Answer, number: str) -> Found:
    try:
        body = msgspec.json.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, dict):
        return Found(outcome="unavailable", fault=f"HTTP_{answer.status}", everywhere=True)
    said = _text(body, "userError")
    valid = body.get("valid", body.get("isValid"))
    about = _text(body, "countryCode") + _text(body, "vatNumber")
    if answer.status == 200 and "errorWrappers" not in body and about in ("", number):
        if valid is True and said in _YES:
            return Found(outcome="valid", consultation_number=_text(body, "requestIdentifier"))
        if valid is False and said in _NO:
            return Found(outcome="invalid", consultation_number=_text(body, "requestIdentifier"))
    fault = _wrapped(body) or said or f"HTTP_{answer.status}"
    return Found(outcome="unavailable", fault=fault, everywhere=fault in _WHOLE_SERVICE)


def _wrapped(body: dict[str, Any]) -> str:
    wrappers = body.get("errorWrappers")
    first = wrappers[0] if isinstance(wrappers, list) and wrappers else None
    return _text(first, "error") if isinstance(first, dict) else ""


def _text(body: dict[str, Any], name: str) -> str:
    """A short text of the answer; nothing else may get into the records."""
    found = body.get(name)
    return found if isinstance(found, str) and re.fullmatch(r"[A-Za-z0-9_+*-]{1,60}", found, re.ASCII) else ""
