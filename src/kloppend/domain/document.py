"""Dresses an invoice for the books: the debtor, the order number, the date and the package's own payment code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from kloppend.domain.customers import is_no_customer
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Guests:
    """Customers without an e-mail address of their own: the collective debtor they go to, or nowhere when it is empty.

    `not_customers`: addresses of marketplaces and of the shop itself, with `*` for anything, that say nothing of who
    ordered.
    """

    debtor: str = ""
    not_customers: tuple[str, ...] = ()


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
    guests: Guests = Guests(),
) -> Document:
    """Combine order and invoice; `payment_codes` maps the shop's payment codes (prefixes) to the package's.

    So does `payment_terms` to what goes with them; `vat_rows` say where lines go. Both may be silent.

    Raises Refused with PAYMENT_METHOD_NOT_MAPPED, DEBTOR_MUST_BE_INDIVIDUAL, CUSTOMER_WITHOUT_EMAIL,
    CUSTOMER_EMAIL_NOT_THEIRS or INCOMPLETE_ADDRESS, in that sequence.
    """
    destination = order.destination.country if order.destination else ""
    payment = payment_terms_of(order.payment_code, payment_terms)
    return Document(
        order_number=order.shop_order_id,
        description=_DESCRIPTIONS[language].format(order.shop_order_id),
        invoice_date=invoice_date,
        payment_code=_payment_code(order, invoice, payment_codes),
        debtor=_debtor(order, invoice, guests, payment.debtor),
        delivery_address=order.delivery_address,
        invoice=invoice,
        payment=payment,
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


def customer_of(order: Order, vat_number: str | None = None) -> Debtor:
    """The customer as the order names them, complete or not; `vat_number` is the one the invoice rests on."""
    address = _billing_address(order)
    person = _person(address.first_name, address.last_name) or _person(
        order.customer.first_name, order.customer.last_name
    )
    company = address.company.strip()
    return Debtor(
        email=order.customer.email.strip(),
        name=company or person,
        contact=person if company else "",
        address=address,
        vat_number=vat_number or order.customer.vat_number,
    )


def _debtor(order: Order, invoice: Invoice, guests: Guests, fixed: str) -> Debtor:
    """A fixed debtor of the payment method serves guests too; otherwise they need the collective one."""
    found = customer_of(order, invoice.icp.vat_number if invoice.icp else None)
    theirs = found.email and not is_no_customer(found.email, guests.not_customers)
    if not theirs:
        _refuse_guest(order, invoice, found.email, fixed or guests.debtor)
        found = replace(found, email="", number="" if fixed else guests.debtor)
    _check_complete(found.address, found.name)
    return found


def _refuse_guest(order: Order, invoice: Invoice, email: str, debtor: str) -> None:
    """The VAT number of a supply within the EU belongs to a debtor: never to one for many."""
    if invoice.icp:
        raise Refused(Problem.of("DEBTOR_MUST_BE_INDIVIDUAL", order=order.shop_order_id))
    if not debtor:
        raise Refused(Problem.of("CUSTOMER_EMAIL_NOT_THEIRS" if email else "CUSTOMER_WITHOUT_EMAIL"))


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
