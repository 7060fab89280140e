"""Dresses an invoice for the books: the debtor, the order number, the date and the package's own payment code."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

from kloppend.domain.invoice import Debtor, Document, Invoice, PaymentTerms
from kloppend.domain.mapping import VatRow, booking_of, payment_terms_of
from kloppend.domain.order import Address, Order
from kloppend.domain.payment_code import longest_prefix
from kloppend.domain.problems import Language, Problem, Refused

_DESCRIPTIONS: Mapping[Language, str] = {"nl": "Bestelling {}", "en": "Order {}"}
_CREDITS: Mapping[Language, str] = {
    "nl": "Creditfactuur bij bestelling {}, factuur van {}",
    "en": "Credit note on order {}, invoice of {}",
}


def credit_description(order_number: str, invoiced_on: date, language: Language) -> str:
    """What a credit note says of itself: the order, and by its date the invoice it takes back."""
    return _CREDITS[language].format(order_number, invoiced_on.strftime("%d-%m-%Y"))


def make_document(
    order: Order,
    invoice: Invoice,
    invoice_date: date,
    payment_codes: Mapping[str, str],
    *,
    payment_terms: Mapping[str, PaymentTerms] = MappingProxyType({}),
    vat_rows: Sequence[VatRow] = (),
    language: Language = "nl",
) -> Document:
    """Combine order and invoice; `payment_codes` maps the shop's payment codes (prefixes) to the package's.

    So does `payment_terms` to what goes with them; `vat_rows` say where lines go. Both may be silent.

    Raises Refused with PAYMENT_METHOD_NOT_MAPPED, CUSTOMER_WITHOUT_EMAIL or INCOMPLETE_ADDRESS, in that sequence.
    """
    destination = order.destination.country if order.destination else ""
    return Document(
        order_number=order.shop_order_id,
        description=_DESCRIPTIONS[language].format(order.shop_order_id),
        invoice_date=invoice_date,
        payment_code=_payment_code(order, invoice, payment_codes),
        debtor=_debtor(order, invoice),
        delivery_address=order.delivery_address,
        invoice=invoice,
        payment=payment_terms_of(order.payment_code, payment_terms),
        bookings=tuple(booking_of(vat_rows, invoice, line, destination, invoice_date) for line in invoice.lines),
    )


def _payment_code(order: Order, invoice: Invoice, payment_codes: Mapping[str, str]) -> str:
    """By longest prefix; a shop leaves the code empty when a voucher or a discount left nothing to pay."""
    nothing_due = invoice.amount_due == 0
    if not order.payment_code and nothing_due:
        return ""
    prefix = longest_prefix(order.payment_code, payment_codes)
    mapped = payment_codes[prefix] if prefix is not None else ""
    if not mapped and not (prefix is not None and nothing_due):
        raise Refused(Problem.of("PAYMENT_METHOD_NOT_MAPPED", payment_code=order.payment_code))
    return mapped


def _billing_address(order: Order) -> Address:
    """An invoice address that is hardly filled in (4.x by default) gives way to the delivery address."""
    found = order.invoice_address
    if found and (found.street or found.country):
        return found
    return order.delivery_address or found or Address()


def _debtor(order: Order, invoice: Invoice) -> Debtor:
    email = order.customer.email.strip()
    if not email:
        raise Refused(Problem.of("CUSTOMER_WITHOUT_EMAIL"))
    address = _billing_address(order)
    person = _person(address.first_name, address.last_name) or _person(
        order.customer.first_name, order.customer.last_name
    )
    company = address.company.strip()
    name = company or person
    _check_complete(address, name)
    return Debtor(
        email=email,
        name=name,
        contact=person if company else "",
        address=address,
        vat_number=invoice.icp.vat_number if invoice.icp else order.customer.vat_number,
    )


def _person(first_name: str, last_name: str) -> str:
    return f"{first_name.strip()} {last_name.strip()}".strip()


def _check_complete(address: Address, name: str) -> None:
    needed = {
        "name": name,
        "street": address.street,
        "postcode": address.postcode,
        "city": address.city,
        "country": address.country,
    }
    missing = ", ".join(field for field, text in needed.items() if not text.strip())
    if missing:
        raise Refused(Problem.of("INCOMPLETE_ADDRESS", missing=missing))
