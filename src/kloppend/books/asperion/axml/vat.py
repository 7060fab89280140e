"""Asperion's import knows three VAT classes (hoog, laag, 0). A line that provably belongs to none of them is held."""

from datetime import date
from decimal import Decimal

from kloppend.books.asperion.axml.layout import Profile
from kloppend.domain.invoice import Document, Treatment, VatCategory
from kloppend.domain.problems import Problem, Refused

ZERO_CLASS = "0"
_ZERO_CATEGORIES: dict[str, VatCategory] = {"icp": "K", "export": "G", "exempt": "E", "kor": "E"}
"""What class 0 can be said to mean. Margin goods, KOR and exempt sales are all E, and three bookings."""


def find_vat_class(
    profile: Profile, treatment: Treatment, day: date, category: VatCategory, rate: Decimal
) -> str | None:
    """hoog, laag or 0; None when neither the profile's table nor the meaning given to class 0 covers it.

    `treatment` is the line's: goods without VAT can stand next to taxed ones.
    """
    means = profile.switches.zero_class_means
    if not rate and treatment == means and _ZERO_CATEGORIES[means] == category:
        return ZERO_CLASS
    for row in profile.vat:
        in_time = row.first_day <= day and (row.last_day is None or day <= row.last_day)
        if in_time and (row.category, row.rate) == (category, rate) and treatment in row.treatments:
            return row.vat_class
    return None


def vat_class_of(profile: Profile, document: Document, category: VatCategory, rate: Decimal) -> str:
    """The class of a line or a VAT total of this document. Raises Refused with VAT_CODE_NOT_MAPPED."""
    treatment = _treatment(document, category, rate)
    found = find_vat_class(profile, treatment, document.invoice_date, category, rate)
    if found is None:
        detail = {"order": document.order_number, "category": category, "rate": f"{rate.normalize():f}"}
        raise Refused(Problem.of("VAT_CODE_NOT_MAPPED", treatment=treatment, **detail))
    return found


def _treatment(document: Document, category: VatCategory, rate: Decimal) -> Treatment:
    """Without VAT that of the lines themselves: an invoice has one reason for all of them."""
    if rate:
        return document.invoice.treatment
    lines = document.invoice.lines
    found = (line.treatment for line in lines if (line.vat_category, line.vat_rate) == (category, rate))
    return next(found, document.invoice.treatment)
