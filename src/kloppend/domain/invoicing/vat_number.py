"""The customer's VAT number, without which an intra-EU supply has no reason for its 0% (bookkeeping 2.2).

Whether it exists is asked elsewhere (VIES); the outcome comes in as a verdict, so that this stays pure.
"""

import re
from typing import Literal

from kloppend.domain.invoicing.currency import Warnings
from kloppend.domain.invoicing.settings import InvoiceSettings
from kloppend.domain.problems import Problem, Refused
from kloppend.domain.vat.areas import HOME, NORTHERN_IRELAND
from kloppend.domain.vat.countries import EU_COUNTRIES

VatNumberVerdict = Literal["not_checked", "valid", "invalid", "unavailable"]

GREECE = "EL"
_PREFIXES = (EU_COUNTRIES - {"GR"}) | {GREECE, NORTHERN_IRELAND}
_FORM = re.compile(r"([A-Z]{2})([0-9A-Z+*]{2,13})", re.ASCII)


def normalise(number: str | None) -> str:
    """Upper case without spaces, dots and dashes; Greek numbers begin with EL, not with the country code GR."""
    compact = re.sub(r"[\s.,/_-]", "", number or "").upper()
    return GREECE + compact[2:] if compact.startswith("GR") else compact


def is_vat_number(number: str) -> bool:
    """Whether a normalised number has the form of a VAT number of the EU or Northern Ireland."""
    found = _FORM.fullmatch(number)
    return bool(found) and number[:2] in _PREFIXES and any(digit.isdigit() for digit in number[2:])


def check_vat_number(
    given: str | None, country: str, verdict: VatNumberVerdict, settings: InvoiceSettings
) -> tuple[str, Warnings]:
    """The normalised number of a customer in `country` (XI: Northern Ireland), with what is worth knowing of it.

    Refuses, in this sequence: MISSING_VAT_NUMBER, VAT_NUMBER_NOT_FOREIGN, VAT_NUMBER_INVALID, VAT_NUMBER_UNVERIFIED.
    """
    number = normalise(given)
    if not number:
        raise Refused(Problem.of("MISSING_VAT_NUMBER", country=country))
    if number.startswith(HOME):
        raise Refused(Problem.of("VAT_NUMBER_NOT_FOREIGN", country=country))
    if verdict == "invalid" or not is_vat_number(number):
        raise Refused(Problem.of("VAT_NUMBER_INVALID", country=country))
    accepted = verdict == "not_checked" and settings.unchecked_vat_numbers == "accept"
    if verdict != "valid" and not accepted:
        raise Refused(Problem.of("VAT_NUMBER_UNVERIFIED", country=country))
    return number, _warnings(number, country, checked=not accepted)


def _warnings(number: str, country: str, *, checked: bool) -> Warnings:
    prefix = GREECE if country == "GR" else country
    warnings: Warnings = () if checked else (Problem.of("VAT_NUMBER_NOT_CHECKED"),)
    if number[:2] != prefix:
        warnings += (Problem.of("VAT_NUMBER_OTHER_COUNTRY", prefix=number[:2], country=country),)
    return warnings
