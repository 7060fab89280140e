"""A shop's question, read strictly, and the connection whose API key signed it."""

import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.http import QueryDict

from kloppend.records.models import Connection
from kloppend.records.secrets import licence_fingerprint
from kloppend.shops.opencart import signing

_FORMS = {
    "action": r"check",
    "protocol": r"[0-9]{1,6}",
    "timestamp": r"[0-9]{1,12}",
    "nonce": r"[0-9a-f]{32,64}",
    "licence": r"([0-9a-f]{16})?",
    "shop": r"[^\x00]{0,500}",
    "shop_id": r"[A-Za-z0-9_-]{8,64}",
    "signature": r"[0-9a-f]{64}",
}
_LEAST_LOOKS = 4
_NOBODY = secrets.token_hex(32)


@dataclass(frozen=True, slots=True)
class Question:
    """What a shop asked, in the right form; whether it is signed with a key that we know is another matter."""

    params: dict[str, str]

    def __getitem__(self, name: str) -> str:
        return self.params[name]


def read(query: QueryDict) -> Question | None:
    """The question; None when it is none that our extension asks."""
    if any(len(values) != 1 or not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name) for name, values in query.lists()):
        return None
    params = {name: str(value) for name, value in query.items()}
    if any(not re.fullmatch(form, params.get(name, "\x00")) for name, form in _FORMS.items()):
        return None
    return Question(params)


def asker(question: Question) -> Connection | None:
    """The connection that this shop has with us, proved by the signature; the shop's own name goes before its licence.

    All candidates are tried, and never less than so many keys: who has no key learns little from how long it takes.
    """
    fitting = [found for found in _candidates(question) if _signed(question, found.api_key)]
    return fitting[0] if fitting else None


def _candidates(question: Question) -> Iterable[Connection]:
    named = Q(shop__shop_id=question["shop_id"])
    licensed = Q(licence_fingerprint=licence_fingerprint(question["licence"])) & ~Q(licence_fingerprint="")
    rows = Connection.objects.filter(named | licensed, shop_kind="opencart").select_related("shop", "merchant")
    found = sorted(rows, key=lambda row: _how_near(question, row), reverse=True)
    for _ in range(_LEAST_LOOKS - len(found)):
        _signed(question, _NOBODY)
    return found


def _how_near(question: Question, row: Connection) -> tuple[bool, bool, bool, int]:
    own = row.shop is not None and row.shop.shop_id == question["shop_id"]
    here = row.shop_address.strip().rstrip("/") == question["shop"].rstrip("/")
    return own, row.active, here, row.pk


def _signed(question: Question, key: str) -> bool:
    return signing.same(signing.sign_request(key, question.params), question["signature"])
