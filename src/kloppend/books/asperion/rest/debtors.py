"""On which debtor a document is booked: found by its exact e-mail address, or fixed by a setting; never changed."""

import re
from collections.abc import Sequence

from kloppend.books.asperion.rest.api import Api, Row
from kloppend.books.asperion.rest.reading import text
from kloppend.books.asperion.rest.settings import RestSettings
from kloppend.books.port import BooksTrouble, DebtorFound
from kloppend.domain.customers import Who, email_key, same_customer, who_is, who_of
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
    if document.debtor.number and email:  # a person said so: found as this customer's own
        return ""
    fixed = document.payment.debtor or document.debtor.number or settings.fixed_debtors.get(document.payment_code, "")
    if not fixed and not email:
        raise Refused(Problem.of("CUSTOMER_WITHOUT_EMAIL"))
    if not fixed and not settings.debtor_kind:
        raise Refused(Problem.of("BOOKS_SETTING_MISSING", order=order, of_books="debtor_kind"))
    return fixed


def find_debtor(api: Api, settings: RestSettings, document: Document) -> DebtorFound | None:
    """See books.port.ApiBooks. Raises Refused for a debtor that must not be used, BooksTrouble when not all was seen.

    Asperion's filter may mean "contains", or be ignored: equality is decided here.
    """
    fixed = fixed_debtor(settings, document)
    if fixed:
        return DebtorFound(fixed, shared=True)
    debtor = document.debtor
    if debtor.number:
        return _by_number(api, settings, document)
    email = email_key(debtor.email)
    rows = _listed(api, settings.email_filter, debtor.email.strip())
    matches = [row for row in rows if email_key(text(row, "emailAddress")) == email]
    if debtor.separate:
        matches = [row for row in matches if same_customer(_who(document, row), who_is(debtor))]
    return _chosen(document, matches) if matches else None


def _by_number(api: Api, settings: RestSettings, document: Document) -> DebtorFound:
    """The debtor that a person chose for this customer."""
    number, order = document.debtor.number, document.order_number
    matches = [row for row in _listed(api, settings.number_filter, number) if text(row, "customerNumber") == number]
    if not matches:
        raise Refused(Problem.of("DEBTOR_NUMBER_UNKNOWN", order=order, debtor=number))
    return _chosen(document, matches)


def _listed(api: Api, name: str, value: str) -> Sequence[Row]:
    listed = api.list(PATH, **{name: value})
    if not listed.complete:
        raise BooksTrouble(Problem.of("BOOKS_SEARCH_INCOMPLETE", what=PATH))
    return listed.rows


def _who(document: Document, row: Row) -> Who:
    """The debtor in the books: has no field for a company, so its name is one if the order names one."""
    name = text(row, "name") if document.debtor.address.company.strip() else ""
    return who_of(name, text(row, "vatNumber"), text(row, "countryCode"))


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
    """Two VAT numbers are two companies, unless a person chose. A supply within the EU needs the number to be there."""
    ours, theirs = _plain(document.debtor.vat_number or ""), _plain(text(row, "vatNumber"))
    if document.invoice.treatment == "icp":
        return ours == theirs
    if document.debtor.number:
        return True
    return not ours or not theirs or ours == theirs


def _plain(vat_number: str) -> str:
    return re.sub(r"[^A-Z0-9]", "", vat_number.upper())
