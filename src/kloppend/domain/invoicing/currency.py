"""S1 Currency: everything is booked in euros, the shop's base currency in which all rows are stored."""

from kloppend.domain.invoicing.settings import InvoiceSettings
from kloppend.domain.money import round2
from kloppend.domain.order import Order
from kloppend.domain.problems import Problem, Refused

EURO = "EUR"

Warnings = tuple[Problem, ...]


def check_currency(order: Order, settings: InvoiceSettings) -> Warnings:
    """Refuse other base currencies, and orders the customer saw in another currency unless the merchant allows it."""
    if order.base_currency != EURO:
        raise Refused(Problem.of("SHOP_CURRENCY_NOT_EUR", currency=order.base_currency))
    if order.currency == EURO:
        return ()
    if settings.foreign_currency == "refuse":
        raise Refused(Problem.of("MULTI_CURRENCY", currency=order.currency))
    seen = round2(order.total * order.currency_rate)
    return (Problem.of("FOREIGN_CURRENCY", currency=order.currency, seen=seen, booked=round2(order.total)),)
