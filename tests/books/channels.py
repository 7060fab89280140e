"""Every channel with the settings that carry most, and what each says of its own output: read without its own code."""

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

from kloppend.books.asperion.axml import AxmlBooks
from kloppend.books.asperion.rest.payload import encode, invoice_body
from kloppend.books.asperion.rest.settings import RestSettings, rest_settings
from kloppend.books.port import BooksSettings
from kloppend.domain.invoice import Document
from kloppend.domain.money import ZERO

from .asperion_rig import OPTIONS
from .documents import HEADING
from .test_ubl import NAMES, opened

CLASSES = {"hoog": Decimal(21), "laag": Decimal(9), "0": ZERO}
_DECLARED = (
    '{ name = "Afronding", field = "totals.rounding", format = "decimal:0.00" }, '
    '{ name = "Bon", field = "totals.payments", format = "decimal:0.00" }, '
)


@dataclass(frozen=True)
class Totals:
    """What a channel says of one document; VAT per rate as (base, VAT)."""

    ex_vat: Decimal
    vat: Decimal
    inc_vat: Decimal
    rounding: Decimal
    per_rate: Mapping[Decimal, tuple[Decimal, Decimal]]


def totals_of(document: Document) -> Totals:
    invoice = document.invoice
    rows = [(row.rate, row.base, row.vat) for row in invoice.vat_summary]
    return Totals(invoice.total_ex_vat, invoice.total_vat, invoice.total_inc_vat, invoice.rounding, per_rate(rows))


def per_rate(rows: list[tuple[Decimal, Decimal, Decimal]]) -> dict[Decimal, tuple[Decimal, Decimal]]:
    sums: dict[Decimal, tuple[Decimal, Decimal]] = {}
    for rate, base, vat in rows:
        before = sums.get(rate, (ZERO, ZERO))
        sums[rate] = (before[0] + base, before[1] + vat)
    return sums


def axml(zero: str = "") -> AxmlBooks:
    """With places for a rounding and for vouchers, and class 0 meaning this."""
    from kloppend.books.asperion.axml.profile import builtin_profile

    toml = builtin_profile("placeholder").replace('{ name = "OrderNumber"', _DECLARED + '{ name = "OrderNumber"')
    switches = {"rounding_line": "node", "voucher_payments": "node", "credit_notes": "negative"}
    options = {"profile_toml": toml, "switches": {**switches, "zero_class_means": zero}}
    return AxmlBooks(BooksSettings(administration="A", options=options))


def axml_totals(books: AxmlBooks, document: Document) -> Totals:
    order = ElementTree.fromstring(books.render(HEADING, [document]).content).find("Orders/Order")
    assert order is not None

    def amount(element: ElementTree.Element, name: str) -> Decimal:
        return Decimal(element.findtext(name, "0"))

    rows = [
        (CLASSES[line.findtext("VatClass", "")], amount(line, "Net"), amount(line, "Vat"))
        for line in order.findall("Orderline")
    ]
    return Totals(
        amount(order, "TotalExVat"),
        amount(order, "TotalVat"),
        amount(order, "TotalIncVat"),
        amount(order, "Afronding"),
        per_rate(rows),
    )


def rest(**options: Any) -> RestSettings:
    return rest_settings(BooksSettings(administration="102", options={**OPTIONS, **options}))


RATES = {"1": Decimal(21), "2": Decimal(9), "BE21": Decimal(21)}


def rest_totals(settings: RestSettings, document: Document) -> Totals:
    """From the bytes that go out; the rounding is the line on its own ledger account."""
    import json

    body = json.loads(encode(invoice_body(settings, document, "1", "x")), parse_float=Decimal)
    lines = [
        (line["ledgerAccountId"], RATES.get(line["vatCode"], ZERO), Decimal(line["amount"]), Decimal(line["vatAmount"]))
        for line in body["lines"]["_data"]
    ]
    rounding = sum((net for account, _, net, _ in lines if account == 4990), ZERO)
    sold = [(rate, net, vat) for account, rate, net, vat in lines if account != 4990]
    ex_vat, vat = sum((row[1] for row in sold), ZERO), sum((row[2] for row in sold), ZERO)
    return Totals(ex_vat, vat, ex_vat + vat + rounding, rounding, per_rate(sold))


def ubl_totals(document: Document) -> Totals:
    with zipfile.ZipFile(io.BytesIO(opened().render(HEADING, [document]).content)) as archive:
        root = ElementTree.fromstring(archive.read(archive.namelist()[0]))

    def amount(element: ElementTree.Element, path: str) -> Decimal:
        return Decimal(element.findtext(path, "0", NAMES))

    sign = -1 if root.tag.endswith("}CreditNote") else 1
    total = "cac:LegalMonetaryTotal/cbc:"
    rounding = amount(root, f"{total}PayableRoundingAmount")
    rows = [
        (
            amount(row, "cac:TaxCategory/cbc:Percent"),
            sign * amount(row, "cbc:TaxableAmount"),
            sign * amount(row, "cbc:TaxAmount"),
        )
        for row in root.findall("cac:TaxTotal/cac:TaxSubtotal", NAMES)
    ]
    return Totals(
        sign * amount(root, f"{total}TaxExclusiveAmount"),
        sign * amount(root, "cac:TaxTotal/cbc:TaxAmount"),
        sign * (amount(root, f"{total}TaxInclusiveAmount") + rounding),
        sign * rounding,
        per_rate(rows),
    )
