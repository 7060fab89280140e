"""What is known of a customer's VAT number when an order is decided: only what was kept, nobody is asked here."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from kloppend.domain.invoicing.vat_number import is_vat_number, normalise
from kloppend.domain.order import Order as ShopOrder
from kloppend.domain.vat.areas import HOME
from kloppend.domain.vat.check_digits import check_digits_fit
from kloppend.records.models import VatCheck
from kloppend.records.vat_checks import latest_check
from kloppend.sync.assess import NOT_ASKED, VatNumberKnown
from kloppend.sync.choices import Choices


def known_of(connection_id: int | None, order: ShopOrder, choices: Choices, today: date) -> VatNumberKnown:
    """What is known of this customer's number on the day of sending."""
    number = normalise(order.customer.vat_number)
    if not is_vat_number(number) or number.startswith(HOME):
        return NOT_ASKED  # there is nothing to ask: the order itself says what is wrong
    if not check_digits_fit(number):
        return VatNumberKnown("invalid")
    if not asks_vies(choices):
        return VatNumberKnown("not_checked")
    check = latest_check(connection_id, number)
    if check is None or not _holds(check, choices, today):
        return NOT_ASKED
    if check.outcome == VatCheck.Outcome.UNAVAILABLE:
        return VatNumberKnown("unavailable", check.fault)
    return VatNumberKnown("valid" if check.outcome == VatCheck.Outcome.VALID else "invalid")


def number_to_ask(order: ShopOrder) -> str:
    """The customer's number, normalised, when VIES can be asked about it; else empty."""
    number = normalise(order.customer.vat_number)
    return number if is_vat_number(number) and not number.startswith(HOME) and check_digits_fit(number) else ""


def asks_vies(choices: Choices) -> bool:
    """Whether numbers are checked: the operator and the merchant can both switch that off."""
    return bool(settings.KLOPPEND_VIES) and choices.vies == "on"


def _holds(check: VatCheck, choices: Choices, today: date) -> bool:
    """A yes counts for some days, a no for the day: a number can come into use. What has no answer stays open."""
    age = today - check.checked_at.astimezone(ZoneInfo(choices.time_zone)).date()
    if check.outcome == VatCheck.Outcome.VALID:
        return age <= timedelta(days=choices.vat_check_days)
    return check.outcome == VatCheck.Outcome.UNAVAILABLE or age < timedelta(days=1)
