"""Asks VIES about the VAT numbers on which a 0% within the EU depends, before the orders are decided.

It is asked outside every transaction; deciding, and deciding again when a file is sealed, reads the answers kept. No
answer means that the order waits: it is never refused for that, and never booked.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

from django.conf import settings

from kloppend.domain.invoicing.vat_number import normalise
from kloppend.domain.order import Order as ShopOrder
from kloppend.domain.problems import Problem
from kloppend.outside.http import GuardedClient
from kloppend.outside.vies import LIMITS, Found, Vies
from kloppend.records import problems
from kloppend.records.models import Connection, Order
from kloppend.records.snapshots import load
from kloppend.records.vat_checks import latest_check, open_question, write_down
from kloppend.sync.means import Means
from kloppend.sync.settle import assess_row
from kloppend.sync.vat_numbers.answers import asks_vies, number_to_ask

MOST_AT_ONCE = 25
"""Questions per run: VIES allows few, and others ask too."""
_EVERYBODY = ""


def check_vat_numbers(connection: Connection, means: Means, at: datetime, *, only: str = "") -> Iterator[str]:
    """Ask, yielding the order's number after each answer.

    `only`: the one order that a person wants looked at; then also what VIES said no to today is asked again. A member
    state that does not answer is left alone for this run, and so is VIES when it fails as a whole.
    """
    if not asks_vies(means.choices):
        problems.now_stand(connection, None, [], at, source="vies")
        return
    asked, silent = 0, set[str]()
    client = GuardedClient(allowed_networks=settings.KLOPPEND_ALLOWED_NETWORKS, limits=LIMITS)
    with closing(client) as http:
        vies = Vies(http, settings.KLOPPEND_VIES, normalise(means.choices.own_vat_number))
        for order_number, number in _to_ask(connection, means, at, only):
            if asked == MOST_AT_ONCE or _EVERYBODY in silent:
                return
            if number[:2] in silent:
                continue
            found, asked = _ask(connection, vies, number, at), asked + 1
            if found.outcome == "unavailable":
                silent.add(_EVERYBODY if found.everywhere else number[:2])
            yield order_number


def _ask(connection: Connection, vies: Vies, number: str, at: datetime) -> Found:
    question = open_question(connection.pk, number, at)
    found = vies.ask(number)
    write_down(question, found, at)
    if found.requester_refused:
        problems.now_stand(connection, None, [Problem.of("OWN_VAT_NUMBER_REFUSED")], at, source="vies")
    elif found.consultation_number:
        problems.now_stand(connection, None, [], at, source="vies")
    return found


def _to_ask(connection: Connection, means: Means, at: datetime, only: str) -> Iterator[tuple[str, str]]:
    """Orders that would be booked if their number is valid; a number of several orders comes once."""
    rows = connection.orders.filter(state__in=Order.NOT_FORWARDED, snapshot__isnull=False).select_related("snapshot")
    if only:
        rows = rows.filter(shop_order_id=only)
    seen: set[str] = set()
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        row = rows.filter(pk=pk).first()
        number = number_to_ask(load(row.snapshot.content, ShopOrder)) if row else ""
        if row and number and number not in seen and _is_needed(row, number, means, at, by_hand=bool(only)):
            seen.add(number)
            yield row.shop_order_id, number


def _is_needed(row: Order, number: str, means: Means, at: datetime, *, by_hand: bool) -> bool:
    """Whether the decision comes down to the number, and it is time to ask (again)."""
    reason = assess_row(row, means.choices, means.books, means.today(at)).reason
    if reason == "VIES_UNAVAILABLE":
        check = latest_check(row.connection_id, number)
        return by_hand or check is None or check.next_try_at is None or check.next_try_at <= at
    return reason == "VAT_NUMBER_TO_BE_CHECKED" or (by_hand and reason == "VAT_NUMBER_INVALID")
