"""An invoice as Asperion's API takes it: each line with its own VAT code, ledger account and explicit VAT amount."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec

from kloppend.books.asperion.rest.settings import RestSettings
from kloppend.books.xml_text import clean
from kloppend.domain.invoice import Booking, Document, InvoiceLine
from kloppend.domain.mapping import booking_of
from kloppend.domain.money import ZERO
from kloppend.domain.problems import Problem, Refused

_ENCODER = msgspec.json.Encoder(decimal_format="number")


def encode(body: object) -> bytes:
    """JSON with amounts as numbers, exactly the digits of the Decimal."""
    return _ENCODER.encode(body)


def undeclared(settings: RestSettings, document: Document) -> Iterator[Problem]:
    """Every reason why these settings cannot express the document."""
    invoice, order = document.invoice, document.order_number
    if not (document.payment.journal or settings.journal):
        yield Problem.of("BOOKS_SETTING_MISSING", order=order, of_books="journal")
    if document.payment.condition and not _is_number(document.payment.condition):
        yield Problem.of("BOOKS_SETTING_MISSING", order=order, of_books="payment_conditions")
    if invoice.total_inc_vat < 0 and settings.credit_notes == "hold":
        yield Problem.of("CREDIT_NOT_DECLARED", order=order, amount=invoice.total_inc_vat)
    if invoice.payments and settings.voucher_payments == "hold":
        paid = sum((payment.amount for payment in invoice.payments), ZERO)
        yield Problem.of("PAYMENT_NOT_DECLARED", order=order, amount=paid)
    if invoice.rounding and settings.rounding is None:
        yield Problem.of("ROUNDING_NOT_DECLARED", order=order, amount=invoice.rounding)
    for line in invoice.lines:
        try:
            booking(settings, document, line)
        except Refused as refused:
            yield refused.problem


def booking(settings: RestSettings, document: Document, line: InvoiceLine) -> Booking:
    """VAT code and ledger account of this line; never guessed. Raises Refused with VAT_CODE_NOT_MAPPED."""
    address = document.delivery_address or document.debtor.address
    found = document.booking(line) or booking_of(
        [row.row() for row in settings.vat], document.invoice, line, address.country, document.invoice_date
    )
    if found is None or not _is_number(found.ledger_account):
        rate = f"{line.vat_rate.normalize():f}"
        detail = {"order": document.order_number, "category": line.vat_category, "rate": rate}
        detail["country"] = document.invoice.vat_country  # for who proposes the row that is missing
        raise Refused(Problem.of("VAT_CODE_NOT_MAPPED", treatment=line.treatment, **detail))
    return found


def _is_number(text: str) -> bool:
    """Asperion names ledger accounts and payment conditions by numbers."""
    return text.isascii() and text.isdecimal()


def invoice_body(settings: RestSettings, document: Document, debtor: str, description: str) -> dict[str, Any]:
    """The body to post. Without a status: it becomes a concept. Raises Refused when a line cannot be expressed."""
    lines = [_line(settings, document, line) for line in document.invoice.lines]
    if document.invoice.rounding:
        lines.append(_rounding(settings, document))
    day = document.invoice_date
    body: dict[str, Any] = {
        "debtorCustomerNumber": debtor,
        "date": f"{day.isoformat()}T00:00:00",
        "description": description,
        "journalId": document.payment.journal or settings.journal,
        "paymentDueDate": None,
        "lines": {"_data": lines} if settings.lines_as == "envelope" else lines,
    }
    own = document.payment.condition
    condition = int(own) if _is_number(own) else settings.payment_conditions.get(document.payment_code)
    if condition is not None:
        body["paymentConditionId"] = condition
    if settings.period == "of_the_date":
        body |= {"bookyear": day.year, "bookperiod": day.month}
    return body


def _line(settings: RestSettings, document: Document, line: InvoiceLine) -> dict[str, Any]:
    where = booking(settings, document, line)
    text = clean(line.description)
    return {
        "description": text if line.quantity == 1 else f"{line.quantity} x {text}",
        "amount": line.net,
        "vatAmount": line.vat,
        "vatCode": where.vat_code,
        "ledgerAccountId": int(where.ledger_account),
    }


def _rounding(settings: RestSettings, document: Document) -> dict[str, Any]:
    if settings.rounding is None:
        amount = document.invoice.rounding
        raise Refused(Problem.of("ROUNDING_NOT_DECLARED", order=document.order_number, amount=amount))
    return {
        "description": "Afronding",
        "amount": document.invoice.rounding,
        "vatAmount": Decimal("0.00"),
        "vatCode": settings.rounding.vat_code,
        "ledgerAccountId": settings.rounding.ledger_account,
    }


def sent_per_vat_code(body: dict[str, Any]) -> dict[str, tuple[Decimal, Decimal]]:
    """Base and VAT per VAT code of a body, for the check afterwards."""
    lines = body["lines"]["_data"] if isinstance(body["lines"], dict) else body["lines"]
    sums: dict[str, tuple[Decimal, Decimal]] = {}
    for line in lines:
        base, vat = sums.get(line["vatCode"], (ZERO, ZERO))
        sums[line["vatCode"]] = (base + line["amount"], vat + line["vatAmount"])
    return sums


def debtor_body(settings: RestSettings, document: Document) -> dict[str, Any]:
    """A new debtor; Asperion has one address line, street and house number together, and numbers it itself."""
    debtor, address = document.debtor, document.debtor.address
    body = {
        "name": debtor.name,
        "attentionTo": debtor.contact,
        "address": address.street,
        "addressLine2": address.street_2,
        "postCode": address.postcode,
        "city": address.city,
        "countryCode": address.country.upper(),
        "emailAddress": debtor.email.strip(),
        "vatNumber": debtor.vat_number or "",
        "debtorKindId": settings.debtor_kind,
    }
    return {name: clean(text) for name, text in body.items() if clean(text)}
