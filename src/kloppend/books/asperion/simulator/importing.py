"""The import page: reads an aXML file and makes concept invoices and debtors, by the import settings.

The names in a real file are not known to us, so the simulator reads by the same kind of profile that files are made
with. Whether Asperion takes an order number twice is not known either: here it is skipped, unless switched off.
"""

from decimal import Decimal
from typing import Any

from kloppend.books.asperion.axml.fields import FIELDS_BY_SCOPE
from kloppend.books.asperion.axml.formats import parse_format
from kloppend.books.asperion.axml.layout import Profile
from kloppend.books.asperion.axml.records import Record, leaves, read_records
from kloppend.books.asperion.axml.values import read_date, read_decimal
from kloppend.books.asperion.simulator.administration import Row, SimulatedAdministration
from kloppend.books.xml_reading import UnreadableXmlError, parse_xml

_KINDS = {name: kind for fields in FIELDS_BY_SCOPE.values() for name, kind in fields.items()}
_LEDGER = {"1": 8000, "2": 8010}


def import_file(books: SimulatedAdministration, profile: Profile, content: bytes, *, repeats: bool) -> list[str]:
    """Import every order of the file; a sentence per order says what was done."""
    try:
        reading = read_records(profile, parse_xml(content))
    except UnreadableXmlError as error:
        return [f"The file cannot be read: {error}"]
    if reading.strays:
        return [f"The file is not as profile {profile.name} says; unknown: {', '.join(reading.strays[:5])}"]
    return [_import_order(books, profile, order, repeats=repeats) for order in reading.orders.inner]


def _import_order(books: SimulatedAdministration, profile: Profile, record: Record, *, repeats: bool) -> str:
    order = _values(profile, record)
    number = str(order.get("order.number") or order.get("order.description"))
    if number in books.imported_orders and not repeats:
        return f"Order {number}: skipped, imported before"
    lines = [_line(books, _values(profile, line), _tables(profile)) for line in record.inner]
    if None in lines:
        return f"Order {number}: refused, a line has no VAT class or amount"
    books.imported_orders.add(number)
    debtor = _debtor(books, order)
    day = order.get("order.invoice_date")
    invoice = books.add_invoice(
        {
            "debtorCustomerNumber": debtor["customerNumber"],
            "date": f"{day}T00:00:00" if day else "",
            "description": order.get("order.description") or number,
            "journalId": books.import_settings.dagboek,
            "lines": lines,
        }
    )
    return f"Order {number}: concept {invoice['id']}, {invoice['amountInclVat']} for debtor {debtor['customerNumber']}"


def _tables(profile: Profile) -> dict[str, str]:
    """From the class as it is written back to hoog, laag or 0."""
    node = next((leaf.node for leaf in leaves(profile.tree) if leaf.node.field == "line.vat_class"), None)
    table = profile.tables.get(node.table, {}) if node else {}
    return {written: meant for meant, written in table.items()} or {name: name for name in ("hoog", "laag", "0")}


def _line(books: SimulatedAdministration, line: dict[str, Any], classes: dict[str, str]) -> Row | None:
    settings = books.import_settings
    codes = {"hoog": settings.verkopen_btw_hoog, "laag": settings.verkopen_btw_laag, "0": settings.verkopen_btw_0}
    code = codes.get(classes.get(str(line.get("line.vat_class")), ""))
    net, vat, gross = (line.get(f"line.{name}") for name in ("net", "vat", "gross"))
    if net is None and gross is not None and vat is not None:
        net = gross - vat
    if vat is None and gross is not None and net is not None:
        vat = gross - net
    if code is None or net is None or vat is None:
        return None
    description = line.get("line.description", "")
    account = _LEDGER.get(code, 8020)
    return {"description": description, "amount": net, "vatAmount": vat, "vatCode": code, "ledgerAccountId": account}


def _debtor(books: SimulatedAdministration, order: dict[str, Any]) -> Row:
    """The debtor with this e-mail address, else a new one; that Asperion matches by e-mail is the seed's word."""
    email = str(order.get("debtor.email") or "")
    for row in books.debtors:
        if email and str(row.get("emailAddress", "")).lower() == email.lower():
            return row
    new = {
        "name": order.get("debtor.name", ""), "attentionTo": order.get("debtor.contact", ""),
        "address": order.get("invoice_address.street", ""), "addressLine2": order.get("invoice_address.street_2", ""),
        "postCode": order.get("invoice_address.postcode", ""), "city": order.get("invoice_address.city", ""),
        "countryCode": order.get("invoice_address.country", ""), "emailAddress": email,
        "vatNumber": order.get("debtor.vat_number", ""), "debtorKindId": books.import_settings.debiteursoort,
    }  # fmt: skip
    return books.add_debtor(new)


def _values(profile: Profile, record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for leaf in leaves(profile.tree):
        text = record.of(leaf.node)
        if text is None:
            continue
        form, kind = parse_format(leaf.node.format), _KINDS[leaf.node.field]
        value: Any = text
        if kind == "date":
            value = read_date(form, text)
        elif kind in ("money", "number"):
            value = read_decimal(form, text)
            value = value.quantize(Decimal("0.01")) if kind == "money" and value is not None else value
        found[leaf.node.field] = value
    return found
