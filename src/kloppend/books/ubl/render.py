"""Writes one invoice or credit note as UBL 2.1. The amounts are the document's own: nothing is computed again."""

from decimal import Decimal

from lxml import etree

from kloppend.books.ubl.categories import per_category, reason, written_category
from kloppend.books.ubl.credit import as_written, number_of
from kloppend.books.ubl.settings import Seller, UblSettings
from kloppend.books.xml_text import clean
from kloppend.domain.invoice import Debtor, Document, InvoiceLine, VatCategory
from kloppend.domain.money import ZERO
from kloppend.domain.order import Address

_SCHEMA = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"
CAC = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
EN16931 = "urn:cen.eu:en16931:2017"
NLCIUS = "urn:cen.eu:en16931:2017#compliant#urn:fdc:nen.nl:nlcius:v1.0"
BILLING = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"

Element = etree._Element


def render_document(settings: UblSettings, document: Document) -> bytes:
    """The XML of one document that can be carried."""
    kind = kind_of(document)
    schema = _SCHEMA.format(kind)
    root = etree.Element(f"{{{schema}}}{kind}", nsmap={None: schema, "cac": CAC, "cbc": CBC})
    _heading(root, settings, document)
    _delivery(root, document)
    _payment(root, settings, document)
    written = as_written(document)
    _tax(root, written)
    _totals(root, written)
    for number, line in enumerate(written.invoice.lines, start=1):
        _line(root, written, number, line)
    etree.indent(root)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True) + b"\n"


def kind_of(document: Document) -> str:
    """How UBL calls it: the name of the root, and of its lines before `Line`."""
    return "CreditNote" if document.credits else "Invoice"


def _heading(root: Element, settings: UblSettings, document: Document) -> None:
    _text(root, "CustomizationID", _customization(document))
    _text(root, "ProfileID", BILLING)
    _text(root, "ID", number_of(document))
    _text(root, "IssueDate", document.invoice_date.isoformat())
    _text(root, f"{kind_of(document)}TypeCode", "381" if document.credits else "380")
    _text(root, "Note", document.description)
    _text(root, "DocumentCurrencyCode", document.invoice.currency)
    _text(_group(root, "OrderReference"), "ID", document.order_number)
    if document.credits:  # NL-R-001: a Dutch seller's credit note names its invoice
        credited = _group(_group(root, "BillingReference"), "InvoiceDocumentReference")
        _text(credited, "ID", document.order_number)
        _text(credited, "IssueDate", document.credits.invoice_date.isoformat())
    _seller(_group(_group(root, "AccountingSupplierParty"), "Party"), settings.seller)
    _customer(_group(_group(root, "AccountingCustomerParty"), "Party"), document.debtor)


def _customization(document: Document) -> str:
    """NLCIUS asks for the KvK or OIN number of a Dutch customer (BR-NL-10). A shop knows none, and a consumer has none,
    so those invoices claim the European standard only."""
    return EN16931 if document.debtor.address.country.upper() == "NL" else NLCIUS


def _group(parent: Element, name: str) -> Element:
    return etree.SubElement(parent, f"{{{CAC}}}{name}")


def _text(parent: Element, name: str, text: str, **attributes: str) -> None:
    """An element that says nothing may not be there (PEPPOL-EN16931-R008)."""
    cleaned = clean(text)
    if cleaned:
        element = etree.SubElement(parent, f"{{{CBC}}}{name}", attributes)
        element.text = cleaned


def _amount(parent: Element, name: str, amount: Decimal) -> None:
    _text(parent, name, f"{amount:.2f}" if amount else "0.00", currencyID="EUR")


def _address(parent: Element, name: str, address: Address) -> None:
    group = _group(parent, name)
    _text(group, "StreetName", address.street)
    _text(group, "AdditionalStreetName", address.street_2)
    _text(group, "CityName", address.city)
    _text(group, "PostalZone", address.postcode)
    _text(_group(group, "Country"), "IdentificationCode", address.country.upper())


def _vat_number(party: Element, number: str) -> None:
    scheme = _group(party, "PartyTaxScheme")
    _text(scheme, "CompanyID", number)
    _text(_group(scheme, "TaxScheme"), "ID", "VAT")


def _seller(party: Element, seller: Seller) -> None:
    _text(party, "EndpointID", seller.coc_number, schemeID="0106")
    address = Address(street=seller.street, postcode=seller.postcode, city=seller.city, country=seller.country)
    _text(_group(party, "PartyName"), "Name", seller.name)
    _address(party, "PostalAddress", address)
    _vat_number(party, seller.vat_number)
    legal = _group(party, "PartyLegalEntity")
    _text(legal, "RegistrationName", seller.name)
    _text(legal, "CompanyID", seller.coc_number, schemeID="0106")


def _customer(party: Element, debtor: Debtor) -> None:
    _text(party, "EndpointID", debtor.email, schemeID="EM")
    _address(party, "PostalAddress", debtor.address)
    if debtor.vat_number:
        _vat_number(party, debtor.vat_number)
    _text(_group(party, "PartyLegalEntity"), "RegistrationName", debtor.name)
    if debtor.contact or debtor.email:
        contact = _group(party, "Contact")
        _text(contact, "Name", debtor.contact)
        _text(contact, "ElectronicMail", debtor.email)


def _delivery(root: Element, document: Document) -> None:
    address = document.delivery_address or document.debtor.address
    group = _group(root, "Delivery")
    if document.invoice.treatment == "icp":  # BR-IC-11; the shop knows no other date of supply
        _text(group, "ActualDeliveryDate", document.invoice_date.isoformat())
    _address(_group(group, "DeliveryLocation"), "Address", address)


def _payment(root: Element, settings: UblSettings, document: Document) -> None:
    means = _group(root, "PaymentMeans")
    code = settings.payment_means.get(document.payment_code, "30")
    _text(means, "PaymentMeansCode", code)
    _text(means, "PaymentID", number_of(document))
    if code in ("30", "58"):
        _text(_group(means, "PayeeFinancialAccount"), "ID", settings.seller.iban.replace(" ", ""))
    _text(_group(root, "PaymentTerms"), "Note", document.description)


def _tax(root: Element, document: Document) -> None:
    total = _group(root, "TaxTotal")
    _amount(total, "TaxAmount", document.invoice.total_vat)
    for (category, rate), (base, vat) in per_category(document).items():
        group = _group(total, "TaxSubtotal")
        _amount(group, "TaxableAmount", base)
        _amount(group, "TaxAmount", vat)
        _category(group, "TaxCategory", category, rate, reason(document, category))


def _category(parent: Element, name: str, category: VatCategory, rate: Decimal, why: str = "") -> None:
    group = _group(parent, name)
    _text(group, "ID", category)
    if category != "O":  # BR-O-05
        _text(group, "Percent", f"{rate.normalize():f}")
    _text(group, "TaxExemptionReason", why)
    _text(_group(group, "TaxScheme"), "ID", "VAT")


def _totals(root: Element, document: Document) -> None:
    invoice = document.invoice
    group = _group(root, "LegalMonetaryTotal")
    _amount(group, "LineExtensionAmount", invoice.total_ex_vat)
    _amount(group, "TaxExclusiveAmount", invoice.total_ex_vat)
    _amount(group, "TaxInclusiveAmount", invoice.total_ex_vat + invoice.total_vat)
    if invoice.payments:
        _amount(group, "PrepaidAmount", sum((payment.amount for payment in invoice.payments), ZERO))
    if invoice.rounding:
        _amount(group, "PayableRoundingAmount", invoice.rounding)
    _amount(group, "PayableAmount", invoice.amount_due)


def _line(root: Element, document: Document, number: int, line: InvoiceLine) -> None:
    group = _group(root, f"{kind_of(document)}Line")
    # A price is never negative (BR-27): what is taken off is a negative quantity.
    quantity = -line.quantity if line.unit_price < 0 else line.quantity
    _text(group, "ID", str(number))
    _text(group, "CreditedQuantity" if document.credits else "InvoicedQuantity", str(quantity), unitCode="C62")
    _amount(group, "LineExtensionAmount", line.net)
    item = _group(group, "Item")
    _text(item, "Name", line.description)
    _category(item, "ClassifiedTaxCategory", written_category(document, line.vat_category), line.vat_rate)
    price = format(abs(line.unit_price).normalize(), "f")
    _text(_group(group, "Price"), "PriceAmount", price, currencyID="EUR")
