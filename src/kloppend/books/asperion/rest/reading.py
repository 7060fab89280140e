"""From Asperion's rows to ours: nothing is trusted to be there, unknown fields are ignored, amounts stay exact."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from kloppend.books.asperion.rest.answers import Fields
from kloppend.books.asperion.rest.api import Row
from kloppend.books.port import BooksTrouble, Choice
from kloppend.books.xml_text import clean
from kloppend.domain.booked import BookedDebtor, BookedInvoice, BookedVat
from kloppend.domain.money import ZERO, round2
from kloppend.domain.problems import Problem
from kloppend.domain.reference import reference_in

STATUSES: Mapping[str, str] = {
    "1": "concept", "2": "in journal entry", "3": "in ledger", "6": "payable", "7": "paid", "8": "hold",
}  # fmt: skip


def text(row: Row, name: str) -> str:
    """A field as text; ids come as numbers or as texts, empty ones as null. Anything else is no text."""
    value = row.get(name)
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        return ""
    return clean(str(value))


def amount(row: Row, name: str) -> Decimal | None:
    """A sum of money to the cent; None when the books do not tell."""
    value = row.get(name)
    if value is None or isinstance(value, bool):
        return None
    try:
        found = Decimal(str(value))
        return round2(found) if abs(found) < Decimal(10) ** 15 else None
    except InvalidOperation:
        return None


def day(row: Row, name: str) -> date | None:
    """A date in any of the forms that Asperion writes."""
    try:
        return date.fromisoformat(text(row, name)[:10])
    except ValueError:
        return None


def booked_invoice(row: Row, debtor: BookedDebtor | None = None) -> BookedInvoice:
    """An invoice row. Raises BooksTrouble for one without id or total."""
    external_id, gross = text(row, "id"), amount(row, "amountInclVat")
    if not external_id or gross is None:
        raise BooksTrouble(Problem.of("BOOKS_ANSWER_INVALID", what="sales invoice"))
    status = text(row, "status")
    return BookedInvoice(
        external_id=external_id,
        reference=reference_in(text(row, "description")),
        debtor_number=text(row, "debtorCustomerNumber"),
        invoice_date=day(row, "date"),
        gross=gross,
        net=amount(row, "amountExclVat"),
        vat=amount(row, "vatAmount"),
        status=STATUSES.get(status, status),
        vat_by_code=_vat(row.get("lines")),
        debtor=debtor,
    )


def _vat(lines: Any) -> tuple[BookedVat, ...]:
    found = lines.get("_data") if isinstance(lines, Fields) else lines
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for line in found if isinstance(found, list) else ():
        if isinstance(line, Fields):
            code = text(line, "vatCode")
            base, vat = sums.get(code, (ZERO, ZERO))
            sums[code] = (base + (amount(line, "amount") or ZERO), vat + (amount(line, "vatAmount") or ZERO))
    return tuple(BookedVat(vat_code=code, base=base, vat=vat) for code, (base, vat) in sorted(sums.items()))


def booked_debtor(row: Row) -> BookedDebtor:
    """A debtor row."""
    return BookedDebtor(
        number=text(row, "customerNumber"),
        email=text(row, "emailAddress"),
        name=text(row, "name"),
        country=text(row, "countryCode"),
        vat_number=text(row, "vatNumber"),
    )


def choice(row: Row, *details: str) -> Choice:
    """Something to choose from."""
    shown = (text(row, name) for name in details)
    return Choice(text(row, "id"), text(row, "description") or text(row, "name"), " ".join(filter(None, shown)))


def vat_code(row: Row) -> Choice:
    """A VAT code with what it is about."""
    rate, country = amount(row, "percentage"), text(row, "countryCode").upper()
    detail = f"{f'{rate.normalize():f}%' if rate is not None else ''} {country}".strip()
    return replace(choice(row), detail=detail, rate=rate, country=country, last_day=day(row, "validUntil"))


def bare(row: Row) -> Row:
    """The object of an answer, bare or in an envelope: which of the two a POST gives is not known for debtors."""
    inner = row.get("_data")
    if isinstance(inner, list) and len(inner) == 1:
        inner = inner[0]
    return inner if isinstance(inner, Fields) else row
