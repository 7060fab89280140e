"""Are the rates in the order rates of the right country, on the day of the order and on the day of the invoice? (S5)"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from kloppend.domain.invoicing.product_rates import ProductRates
from kloppend.domain.invoicing.tax_rows import TaxRows
from kloppend.domain.order import Order
from kloppend.domain.problems import Problem, Refused

DUTCH_TIME = ZoneInfo("Europe/Amsterdam")
"""A rate changes at midnight in the Netherlands, whatever clock the shop keeps."""


@dataclass(frozen=True, slots=True)
class Days:
    """The day the order was placed, and the day of supply: the invoice date the merchant chose."""

    ordered: date
    supplied: date


def days_of(order: Order, invoice_date: date | None) -> Days:
    """Without an invoice date the order's own day counts for both."""
    ordered = order.placed_at.astimezone(DUTCH_TIME).date()
    return Days(ordered, invoice_date or ordered)


def check_rates(
    rated: ProductRates, taxes: TaxRows, days: Days, country: str, allowed: Callable[[date], frozenset[Decimal]]
) -> None:
    """Refuse WRONG_COUNTRY_RATE for a rate that is right on neither day, and hold RATE_CHANGE_BETWEEN_DATES for one
    that is right on one of them. `country` is whose rates `allowed` gives on the day of supply."""
    charged = {product.rate for product in rated.products if product.fitting} | set(taxes.charged)
    for rate in sorted(charged, reverse=True):
        right = [rate in allowed(day) for day in (days.ordered, days.supplied)]
        if rate == 0 or all(right):
            continue
        if any(right):
            detail = {"order_date": days.ordered, "invoice_date": days.supplied}
            raise Refused(Problem.of("RATE_CHANGE_BETWEEN_DATES", rate=rate, **detail))
        raise Refused(Problem.of("WRONG_COUNTRY_RATE", rate=rate, country=country))
