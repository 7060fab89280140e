"""The template tags of our own: amounts, states, problems, and where the visitor is. Loaded in every template."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.template import Context, Library
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from kloppend.domain import problems
from kloppend.domain.invoice import Why
from kloppend.domain.invoicing import explain_why
from kloppend.domain.money import round2
from kloppend.domain.problems import CATALOGUE, Language
from kloppend.domain.reasons import Reason
from kloppend.pages.look.words import BOOKS_STATUSES, EVENTS, STATES, TRAVELLED, Word
from kloppend.records.models import Connection, Event, Order, Problem
from kloppend.sync.customers import CODES

register = Library()
NOTHING = "–"


def language() -> Language:
    """The language of this page."""
    return "en" if (get_language() or "").startswith("en") else "nl"


@register.filter
def money(amount: Decimal | str | None, currency: str = "EUR") -> str:
    """An amount in whole cents, as the visitor's language writes it."""
    if amount is None or amount == "":
        return NOTHING
    number = formats.number_format(round2(Decimal(amount)), decimal_pos=2, use_l10n=True, force_grouping=True)
    sign = "€" if currency == "EUR" else currency
    return f"{sign}\N{NO-BREAK SPACE}{number}"


@register.filter
def travelled(kind: str) -> str:
    """What happened to a file on its way, in a word or two; nothing for what is told elsewhere."""
    return str(TRAVELLED.get(kind, ""))


@register.filter
def exactly(amount: Decimal | str) -> str:
    """An amount of the shop with all the decimals it has, at least two."""
    whole, _, decimals = str(amount).partition(".")
    return formats.localize(Decimal(f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"), use_l10n=True)


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """A moment in the connection's zone, which `access` made the current one."""
    if at is None:
        return NOTHING
    there = timezone.localtime(at)
    return format_html(
        '<time datetime="{}">{}</time>', there.isoformat(timespec="seconds"), formats.date_format(there, "j F Y, H:i")
    )


@register.filter
def percentage(rate: Decimal | str) -> str:
    """A VAT rate without needless zeros."""
    return f"{formats.localize(Decimal(rate).normalize() + 0, use_l10n=True)}%"


@register.inclusion_tag("components/badge.html")
def badge(state: str) -> dict[str, Word | str]:
    """A state as a coloured word with a symbol."""
    return {"word": STATES.get(state) or Word(state, "info", "dot")}


@register.filter
def state_word(state: str) -> Any:
    """What a state is called."""
    return STATES[state].text if state in STATES else state


@register.filter
def told(problem: Problem | problems.Problem | Mapping[str, Any]) -> dict[str, Any]:
    """A problem, a row or a stored note, in the visitor's language: cause, fix, code, and who must act."""
    code, detail = (
        (problem["code"], problem["detail"]) if isinstance(problem, Mapping) else (problem.code, problem.detail)
    )
    if code not in CATALOGUE:  # a row of an older or newer version of us
        return {"code": code, "cause": code, "fix": "", "act": "operator", "kind": "fault", "retried": False}
    text = problems.Problem(code, detail).text(language())
    entry = CATALOGUE[code]
    return {
        "code": code,
        "cause": text.cause,
        "fix": text.fix,
        "act": entry.act,
        "kind": entry.kind,
        "retried": entry.retried,
    }


@register.filter
def of(names: Mapping[str, str] | None, key: str) -> str:
    """The name that belongs to this key, or nothing."""
    return (names or {}).get(key, "")


@register.filter
def last_name(path: str) -> str:
    """The last part of a path in an XML file."""
    return path.rpartition("/")[2]


@register.filter
def reason(code: str) -> str:
    """Why an order waits or was skipped, as a sentence; a problem's code is told elsewhere."""
    return Reason[code].text(language()) if code in Reason.__members__ else ""


@register.filter
def processable(order: Order | None) -> bool:
    """Whether looking at this order again can change anything: it was not forwarded yet."""
    return order is not None and order.state in Order.NOT_FORWARDED


@register.filter
def about_customer(code: str) -> bool:
    """Whether the customers page solves this problem."""
    return code in CODES or code in ("CUSTOMER_WITHOUT_EMAIL", "CUSTOMER_EMAIL_NOT_THEIRS")


@register.filter
def happened(event: Event, causes: Mapping[str, str]) -> str:
    """An event of the trail as a sentence; `causes` has the sentences of the problems that the order had, by code."""
    words = EVENTS.get(event.kind)
    if words is None:
        return event.kind
    code = str(event.detail.get("reason") or event.detail.get("code") or "")
    because = reason(code) or causes.get(code, code)
    status = books_status(str(event.detail.get("status", "")))
    detail = event.detail | {"total": money(event.detail.get("total")), "status": status}
    return str(words) % defaultdict(str, detail, because=f": {because}" if because else "")


@register.filter
def books_status(status: str) -> str:
    """How far an invoice is in the books."""
    return str(BOOKS_STATUSES.get(status, status))


@register.filter
def causes(problems_had: Iterable[Problem]) -> dict[str, str]:
    """What each problem says, by its code."""
    return {problem.code: told(problem)["cause"] for problem in problems_had}


@register.filter
def why(line: dict[str, Any] | Why) -> str:
    """Why an invoice line is as it is, in the visitor's language."""
    return explain_why(line if isinstance(line, Why) else msgspec.convert(line, Why), language())


@register.simple_tag(takes_context=True)
def here(context: Context, *names: str) -> SafeString | str:
    """Marks the link of the page the visitor is on."""
    match = context["request"].resolver_match
    return SafeString('aria-current="page"') if match and match.url_name in names else ""


@register.simple_tag
def count_problems(connection: Connection) -> int:
    """How many problems of the connection stand open, warnings not counted."""
    warnings = [code for code, entry in CATALOGUE.items() if entry.kind == "warning"]
    return connection.problems.filter(closed_at=None).exclude(code__in=warnings).count()
