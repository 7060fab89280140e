"""What a person asked to credit: all that is left, or pieces and amounts of lines."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast, get_args

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kloppend.domain.crediting import CreditReason, Wanted
from kloppend.domain.problems import Problem, Refused
from kloppend.sync.credits.proposals import What

REASONS = (
    ("cancelled", _("the order was cancelled")),
    ("returned", _("goods came back")),
    ("changed", _("the order was changed")),
    ("goodwill", _("something for the customer")),
    ("mistake", _("the invoice was wrong")),
)
_AMOUNT = re.compile(r"\d{1,9}([.,]\d{1,2})?", re.ASCII)
_PIECES = re.compile(r"\d{1,6}", re.ASCII)
_LINE = re.compile(r"(pieces|gross)-(\d{1,6})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """The form as filled in; `seen` is what the page showed."""

    what: What
    reason: CreditReason
    again: bool
    seen: int


def asked(data: QueryDict) -> Asked:
    """Read the form. Raises Refused with CREDIT_NOTHING_WANTED for what cannot be read as a number or an amount."""
    reason, seen = data.get("reason", ""), data.get("seen", "")
    if not _PIECES.fullmatch(seen) or reason not in get_args(CreditReason):
        raise Refused(Problem.of("CREDIT_NOTHING_WANTED"))
    what: What = "all" if data.get("what") == "all" else tuple(_wanted(data))
    return Asked(what, cast(CreditReason, reason), data.get("again") == "yes", int(seen))


def _wanted(data: QueryDict) -> Iterator[Wanted]:
    filled = {name: text for name in data if _LINE.fullmatch(name) and (text := data.get(name, "").strip())}
    for position in sorted({int(name.partition("-")[2]) for name in filled}):
        pieces, gross = filled.get(f"pieces-{position}", "0"), filled.get(f"gross-{position}", "0")
        if not _PIECES.fullmatch(pieces) or not _AMOUNT.fullmatch(gross):
            raise Refused(Problem.of("CREDIT_NOTHING_WANTED"))
        yield Wanted(position=position, pieces=int(pieces), gross=Decimal(gross.replace(",", ".")))
