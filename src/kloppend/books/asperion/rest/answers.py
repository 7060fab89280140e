"""What Asperion's answers mean: JSON with exact amounts, and errors as problems that repeat no personal data."""

import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from kloppend.books.port import BooksTrouble
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem
from kloppend.outside.http import Answer

_EMAIL = re.compile(r"\S+@\S+")
_LONGEST = 500
_LONGEST_WAIT = 24 * 3600.0


class Fields(dict[str, Any]):
    """An object of an answer. Names count in any case: the client program that they are known from reads them so."""

    def get(self, name: str, default: Any = None) -> Any:
        """The field of this name; where it is written twice, the exact one."""
        if name in self:
            return self[name]
        return next((value for key, value in self.items() if key.casefold() == name.casefold()), default)


def read_json(answer: Answer) -> Fields:
    """The object in an answer, numbers with a point as Decimal. Raises BooksTrouble with BOOKS_ANSWER_INVALID."""
    try:
        found = json.loads(answer.body, parse_float=Decimal, parse_constant=_refuse, object_pairs_hook=Fields)
    except (ValueError, RecursionError) as error:
        raise BooksTrouble(Problem.of("BOOKS_ANSWER_INVALID", what="JSON")) from error
    if not isinstance(found, Fields):
        raise BooksTrouble(Problem.of("BOOKS_ANSWER_INVALID", what="JSON"))
    return found


def _refuse(name: str) -> None:
    raise ValueError(name)


def retry_after(answer: Answer) -> float | None:
    """The seconds to wait that the answer names, by the server's own clock where it names a moment; else None."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), _LONGEST_WAIT)
    until, now = _moment(text), _moment(answer.headers.get("date", ""))
    if until is None or now is None:
        return None
    return min(max((until - now).total_seconds(), 0.0), _LONGEST_WAIT)


def _moment(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def passing(answer: Answer) -> BooksTrouble:
    """The trouble that a bad status means for a reader."""
    if answer.status == 429:
        return BooksTrouble(Problem.of("BOOKS_BUSY"), retry_after(answer))
    if answer.status == 401:
        return BooksTrouble(Problem.of("BOOKS_ACCESS_LOST"))
    if answer.status in (403, 404, 405):
        return BooksTrouble(Problem.of("BOOKS_REFUSED_ACCESS", what=answer.status))
    if answer.status < 500:
        return BooksTrouble(Problem.of("BOOKS_ANSWER_INVALID", what=answer.status))
    return BooksTrouble(Problem.of("BOOKS_UNREACHABLE", what=answer.status), retry_after(answer))


def rejection(answer: Answer, document: Document | None = None, order: str = "-") -> Problem:
    """Why the books do not want it: title and errors per field, without what the customer typed."""
    try:
        found = read_json(answer)
    except BooksTrouble:
        found = Fields()
    errors = found.get("errors")
    texts = [str(found.get("title") or answer.status)]
    if isinstance(errors, dict):
        for name, messages in errors.items():
            said = messages if isinstance(messages, list) else [messages]
            texts.append(f"{name}: {' '.join(map(str, said))}")
    what = _without(personal_texts(document) if document else (), "; ".join(texts))
    trace = re.sub(r"[^A-Za-z0-9:._-]", "", str(found.get("traceId") or "-"))[:80] or "-"
    return Problem.of("BOOKS_REJECTED", order=document.order_number if document else order, what=what, trace=trace)


def personal_texts(document: Document) -> Iterable[str]:
    """Everything in a document that says who the customer is."""
    debtor = document.debtor
    yield from (debtor.email, debtor.name, debtor.contact, debtor.vat_number or "")
    for address in filter(None, (debtor.address, document.delivery_address)):
        yield from (address.first_name, address.last_name, address.company, address.street, address.street_2)
        yield from (address.postcode, address.city)


def _without(personal: Iterable[str], text: str) -> str:
    for each in sorted({each.strip() for each in personal}, key=len, reverse=True):
        if len(each) > 1:
            text = re.sub(re.escape(each), "…", text, flags=re.IGNORECASE)
    return _EMAIL.sub("…", text)[:_LONGEST]
