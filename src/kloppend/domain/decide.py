"""Step 2: does this order get an invoice now, later or never, and on which date?"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from kloppend.domain.order import NEVER_CONFIRMED, Order
from kloppend.domain.payment_code import longest_prefix
from kloppend.domain.problems import Problem, Refused
from kloppend.domain.reasons import Reason

InvoiceDateChoice = Literal["order_date", "trigger_date", "sending_date"]
ClosedPeriodChoice = Literal["hold", "first_open_day"]

_LAST_BUT_ONE = date.max - timedelta(days=1)
"""Books closed for good have a day after it too, so that the calendar does not end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRules:
    """The merchant's choices about when an order becomes an invoice.

    A start is mandatory: `start_date` (the day the order was placed), `start_order_number`, or both, which then both
    must be reached. `books_closed_until` is the last closed day. Days are calendar days in `time_zone` (IANA), so an
    order of 31 December 23:30 in Amsterdam belongs to the old year. Raises ValueError without a start or with an
    unknown time zone.
    """

    trigger_statuses: frozenset[str]
    cancel_statuses: frozenset[str] = frozenset()
    start_date: date | None = None
    start_order_number: int | None = None
    excluded_stores: frozenset[str] = frozenset()
    excluded_groups: frozenset[str] = frozenset()
    excluded_payment_codes: frozenset[str] = frozenset()
    books_closed_until: date | None = None
    closed_period: ClosedPeriodChoice = "hold"
    invoice_date: InvoiceDateChoice = "order_date"
    time_zone: str = "Europe/Amsterdam"

    def __post_init__(self) -> None:
        if self.start_date is None and self.start_order_number is None:
            raise ValueError("a start date or a start order number is mandatory")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"unknown time zone: {self.time_zone!r:.60}") from error

    def day(self, moment: datetime) -> date:
        """The calendar day of an aware moment in the merchant's time zone."""
        return moment.astimezone(ZoneInfo(self.time_zone)).date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Invoice now, with this date; `triggered_at` is when the order first reached a trigger status."""

    invoice_date: date
    triggered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Not now; a later change of the order can make it due."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """Not by these rules."""

    reason: Reason


Decision = Due | Waiting | Skipped


def decide(order: Order, rules: DecideRules, *, today: date, already_booked: bool) -> Decision:
    """Apply the rules to the order as it is now; `today` is the day in the merchant's time zone.

    The first reason that applies is given. Raises Refused when the order is due but cannot get its date: PERIOD_CLOSED
    when the merchant chose to hold orders of closed periods, INVOICE_DATE_IN_FUTURE when that day is still to come.
    """
    reason = _reason_to_skip(order, rules, already_booked=already_booked)
    if reason is not None:
        return Skipped(reason=reason)
    if order.status_id == NEVER_CONFIRMED:
        return Waiting(reason=Reason.NOT_CONFIRMED)
    triggered_at = _trigger_moment(order, rules)
    if triggered_at is None:
        return Waiting(reason=Reason.TRIGGER_NOT_REACHED)
    return Due(invoice_date=_invoice_date(order, rules, triggered_at, today), triggered_at=triggered_at)


def _reason_to_skip(order: Order, rules: DecideRules, *, already_booked: bool) -> Reason | None:
    if already_booked:
        return Reason.ALREADY_BOOKED
    if _before_start(order, rules):
        return Reason.BEFORE_START
    if (
        order.store_id in rules.excluded_stores
        or order.customer.group_id in rules.excluded_groups
        or longest_prefix(order.payment_code, rules.excluded_payment_codes)
    ):
        return Reason.EXCLUDED
    if order.status_id in rules.cancel_statuses and order.status_id != NEVER_CONFIRMED:
        return Reason.CANCELLED
    return None


def _before_start(order: Order, rules: DecideRules) -> bool:
    if rules.start_date is not None and rules.day(order.placed_at) < rules.start_date:
        return True
    if rules.start_order_number is None:
        return False
    # A number that cannot be compared is not known to have been reached.
    number = order.shop_order_id
    return not (number.isascii() and number.isdecimal()) or int(number) < rules.start_order_number


def _trigger_moment(order: Order, rules: DecideRules) -> datetime | None:
    # Status 0 is never a trigger, whatever the settings say.
    triggers = rules.trigger_statuses - {NEVER_CONFIRMED}
    reached = [change.at for change in order.history if change.status_id in triggers]
    if reached:
        return min(reached)
    if order.status_id not in triggers:
        return None
    # A shop that never recorded a change gives a moment long past: an order triggers nothing before it was placed.
    return max(order.modified_at, order.placed_at)


def _invoice_date(order: Order, rules: DecideRules, triggered_at: datetime, today: date) -> date:
    days = {"order_date": rules.day(order.placed_at), "trigger_date": rules.day(triggered_at), "sending_date": today}
    chosen = days[rules.invoice_date]
    closed_until = rules.books_closed_until
    if closed_until is None or chosen > closed_until:
        return _not_in_future(chosen, today)
    if rules.closed_period == "first_open_day":
        return _not_in_future(min(closed_until, _LAST_BUT_ONE) + timedelta(days=1), today)
    raise Refused(Problem.of("PERIOD_CLOSED", invoice_date=chosen, closed_until=closed_until))


def _not_in_future(chosen: date, today: date) -> date:
    """A shop whose clock is wrong dates orders ahead; such an invoice would land in a VAT return to come."""
    if chosen > today:
        raise Refused(Problem.of("INVOICE_DATE_IN_FUTURE", invoice_date=chosen))
    return chosen
