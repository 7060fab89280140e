"""On which debtor a document is booked: found by its exact e-mail address, or fixed by a setting; never changed."""

import re
from collections.abc import Sequence

from kloppend.books.asperion.rest.api import Api, Row
from kloppend.books.asperion.rest.reading import text
from kloppend.books.asperion.rest.settings import RestSettings
from kloppend.books.port import BooksTrouble, DebtorFound
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem, Refused

PATH = "/v1/debtors"
LONGEST_NUMBER = 60


def fixed_debtor(settings: RestSettings, document: Document) -> str:
    """The customer number that a setting gives; empty when the customer gets a debtor of their own.

    A supply within the EU is always booked on the customer's own. Raises Refused for one that cannot be.
    """
    email, order = document.debtor.email.strip(), document.order_number
    if document.invoice.treatment == "icp":
        if not email or not document.debtor.vat_number:
            raise Refused(Problem.of("DEBTOR_MUST_BE_INDIVIDUAL", order=order))
        return ""
    fixed = document.payment.debtor or settings.fixed_debtors.get(document.payment_code, "")
    if fixed or email:
        if not fixed and not settings.debtor_kind:
            raise Refused(Problem.of("BOOKS_SETTING_MISSING", order=order, what="debtor_kind"))
        return fixed
    if not settings.collective_debtor:
        raise Refused(Problem.of("CUSTOMER_WITHOUT_EMAIL"))
    return settings.collective_debtor


def find_debtor(api: Api, settings: RestSettings, document: Document) -> DebtorFound | None:
    """See books.port.ApiBooks. Raises Refused for a debtor that must not be used, BooksTrouble when not all was seen.

    Asperion's filter may mean "contains", or be ignored: equality is decided here.
    """
    fixed = fixed_debtor(settings, document)
    if fixed:
        return DebtorFound(fixed, shared=True)
    email = document.debtor.email.strip().casefold()
    listed = api.list(PATH, **{settings.email_filter: document.debtor.email.strip()})
    matches = [row for row in listed.rows if text(row, "emailAddress").casefold() == email]
    if not listed.complete:
        raise BooksTrouble(Problem.of("BOOKS_SEARCH_INCOMPLETE", what=PATH))
    return _chosen(document, matches) if matches else None


def _chosen(document: Document, matches: Sequence[Row]) -> DebtorFound:
    order = document.order_number
    ours = sorted(matches, key=lambda row: (row.get("blocked") is True, not _same_vat(document, row), _age(row)))
    best = ours[0]
    number = text(best, "customerNumber")
    if not 0 < len(number) <= LONGEST_NUMBER:
        raise Refused(Problem.of("DEBTOR_WITHOUT_NUMBER", order=order))
    if best.get("blocked") is True:
        raise Refused(Problem.of("DEBTOR_BLOCKED", order=order, debtor=number))
    if not _same_vat(document, best):
        raise Refused(Problem.of("DEBTOR_VAT_NUMBER_DIFFERS", order=order, debtor=number))
    usable = [row for row in ours if row.get("blocked") is not True]
    if len(usable) == 1:
        return DebtorFound(number)
    note = Problem.of("DEBTOR_AMBIGUOUS", order=order, count=len(usable), debtor=number)
    return DebtorFound(number, (note,))


def _age(row: Row) -> tuple[int, str]:
    """Oldest first: ids are numbers that grow."""
    found = text(row, "id")
    return (int(found) if re.fullmatch(r"\d{1,18}", found, re.ASCII) else 10**18, found)


def _same_vat(document: Document, row: Row) -> bool:
    """Two VAT numbers are two companies. Only a supply within the EU needs the number to be there."""
    ours, theirs = _plain(document.debtor.vat_number or ""), _plain(text(row, "vatNumber"))
    if document.invoice.treatment == "icp":
        return ours == theirs
    return not ours or not theirs or ours == theirs


def _plain(vat_number: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", vat_number.upper())
