"""The proof of the settings: what would become of the shop's most recent orders, without storing any of them."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import msgspec

from kloppend.connecting.results import TrialOrder
from kloppend.connecting.trial import Trial, given
from kloppend.domain.invoice import Document
from kloppend.domain.order import NEVER_CONFIRMED, Order
from kloppend.domain.problems import Problem
from kloppend.shops.port import ShopFault, UnreadableOrder
from kloppend.sync.assess import assess
from kloppend.sync.vat_numbers.answers import known_of

LAST = 20
LOOK_BACK = timedelta(days=365)


def recent_orders(trial: Trial) -> Iterator[Problem]:
    """The last orders, assessed as if the start lay before them, since today's start would skip all."""
    try:
        seen = list(_assessed(trial))
    except ShopFault as fault:
        yield fault.problem
        return
    trial.orders = tuple(order for order, _document in seen)
    trial.documents = tuple(document for _order, document in seen if document)
    states = Counter(order.state for order in trial.orders)
    trial.detail |= {"total": str(len(trial.orders))}
    trial.detail |= {state: str(states[state]) for state in ("ready", "waiting", "skipped", "refused")}
    if states["refused"]:
        yield Problem.of("RECENT_ORDERS_REFUSED", **trial.detail)


def _assessed(trial: Trial) -> Iterator[tuple[TrialOrder, Document | None]]:
    since = trial.today - LOOK_BACK
    confirmed = [entry for entry in trial.shop.inventory(since) if entry.status_id != NEVER_CONFIRMED]
    confirmed.sort(key=lambda entry: (len(entry.shop_order_id), entry.shop_order_id))
    for entry in confirmed[-LAST:]:
        found = trial.shop.order(entry.shop_order_id)
        if found is not None:
            yield _trial_order(trial, found)


def _trial_order(trial: Trial, found: Order | UnreadableOrder) -> tuple[TrialOrder, Document | None]:
    if isinstance(found, UnreadableOrder):
        return TrialOrder(number=found.shop_order_id, state="refused", problems=(found.problem,)), None
    from_the_beginning = msgspec.structs.replace(given(trial.choices), start_date="1970-01-01", start_order_number=None)
    of = trial.connection.pk if trial.connection else None
    known = known_of(of, found, from_the_beginning, trial.today)
    assert trial.books is not None  # noqa: S101 - `needs` in checks.py
    books, today = trial.books, trial.today
    seen = assess(found, from_the_beginning, books, today=today, already_booked=False, vat_number=known)
    shown = TrialOrder(number=found.shop_order_id, state=seen.state, reason=seen.reason, problems=seen.problems)
    return shown, seen.document
