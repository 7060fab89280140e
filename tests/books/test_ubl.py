"""UBL keeps the promises of the port and adds up to the cent; the official rules are in test_ubl_official_rules.py."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest

from kloppend.books.port import BooksSettings, FileBooks
from kloppend.books.registry import open_books
from kloppend.books.ubl import UblBooks
from kloppend.domain.invoice import Credited, Document

from .contract import FileBooksContract
from .documents import HEADING, INVOICED, credit_of, document, with_text

SELLER = {
    "name": "Thee & Zo B.V.", "street": "Kade 3", "postcode": "3511 AB", "city": "Utrecht",
    "vat_number": "NL999999990B01", "coc_number": "12345678", "iban": "NL00 BANK 0123 4567 89",
}  # fmt: skip
NAMES = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def opened(**options: Any) -> FileBooks:
    return open_books("ubl", BooksSettings(administration="", options={"seller": SELLER, **options}))


def files_of(documents: Sequence[Document]) -> list[bytes]:
    with zipfile.ZipFile(io.BytesIO(opened().render(HEADING, documents).content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


class TestUbl(FileBooksContract):
    @pytest.fixture
    def books(self) -> FileBooks:
        return opened()

    @pytest.fixture
    def carried(self) -> Sequence[Document]:
        invoices = [document(case_id) for case_id in INVOICED]
        return invoices + [credit_of(each) for each in invoices]


@pytest.mark.parametrize("case_id", INVOICED)
def test_totals_are_those_of_the_document(case_id: str) -> None:
    each = document(case_id)
    (content,) = files_of([each])
    root = ElementTree.fromstring(content)

    def amount(path: str) -> Decimal:
        return Decimal(root.findtext(path, "0.00", NAMES))

    invoice, total = each.invoice, "cac:LegalMonetaryTotal/cbc:"
    assert amount(f"{total}TaxExclusiveAmount") == invoice.total_ex_vat
    assert amount("cac:TaxTotal/cbc:TaxAmount") == invoice.total_vat
    assert amount(f"{total}TaxInclusiveAmount") + amount(f"{total}PayableRoundingAmount") == invoice.total_inc_vat
    assert amount(f"{total}PayableAmount") == invoice.amount_due
    rows = root.findall("cac:TaxTotal/cac:TaxSubtotal", NAMES)
    assert sum(Decimal(row.findtext("cbc:TaxAmount", "", NAMES)) for row in rows) == invoice.total_vat


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b">29.85<", b">29.86<"),
        (b">5.18<", b">5.19<"),
        (b">24.67<", b">24.68<"),
        (b">21<", b">9<"),
        (b"Anna Jansen", b"Anna Jensen"),
        (b"2026-11-23", b"2026-11-24"),
        (b"</cac:InvoiceLine>", b"</cac:InvoiceLine><cac:InvoiceLine/>"),
        (b"<cbc:ID>S</cbc:ID>", b"<cbc:ID>Z</cbc:ID>"),
        (b"<?xml", b"<!DOCTYPE x><?xml"),
    ],
)
def test_tampering_is_found(old: bytes, new: bytes) -> None:
    each = document("V01")
    (content,) = files_of([each])
    assert old in content
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("0001-1001.xml", content.replace(old, new, 1))
    problems = opened().check(packed.getvalue(), [each])
    assert {problem.code for problem in problems} == {"UBL_FILE_DOES_NOT_ADD_UP"}


def test_the_sums_find_a_document_that_does_not_add_up() -> None:
    sound = document("V01")
    unsound = replace(sound, invoice=replace(sound.invoice, lines=sound.invoice.lines * 2))
    whats = {p.detail["what"] for p in opened().check(opened().render(HEADING, [unsound]).content, [unsound])}
    assert whats == {"LineExtensionAmount", "TaxSubtotal"}


@pytest.mark.parametrize("text", ["<&>\"'", "€ “é” 店", "a\0b\x1f", "]]>"])
def test_any_text_comes_through(text: str) -> None:
    each = with_text(text)
    content = opened().render(HEADING, [each]).content
    assert opened().check(content, [each]) == ()


def test_what_an_e_invoice_needs_is_held_when_it_lacks() -> None:
    icp = document("V13")
    problem = opened().cannot_carry(replace(icp, debtor=replace(icp.debtor, vat_number=None)))
    assert problem
    assert (problem.code, problem.detail["field"]) == ("UBL_VALUE_MISSING", "debtor.vat_number")
    problem = opened().cannot_carry(replace(credit_of(document("V01")), credits=None))
    assert problem
    assert problem.code == "CREDIT_NOT_DECLARED"


def test_a_file_that_may_be_a_cent_off_elsewhere_says_so() -> None:
    plain = document("V01")
    (row,) = plain.invoice.vat_summary
    off = replace(row, vat_recalculated=row.vat + Decimal("0.01"))
    each = replace(plain, invoice=replace(plain.invoice, vat_summary=(off,)))
    (note,) = opened().render(HEADING, [plain, each]).notes
    assert (note.code, note.detail["count"], note.detail["total"]) == ("UBL_CENT_DIFFERENCE_POSSIBLE", "1", "2")


@pytest.mark.parametrize("wrong", [{"seller": {**SELLER, "iban": " "}}, {"seller": {}}, {"colour": "blue"}])
def test_settings_that_cannot_work_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        opened(**wrong)


def test_the_layout_is_a_public_standard() -> None:
    assert UblBooks(BooksSettings(administration="", options={"seller": SELLER})).verified


def test_a_credit_note_mirrors_its_invoice_and_names_it() -> None:
    invoiced = document("V02")
    credit = replace(credit_of(invoiced), credits=Credited(number=2, invoice_date=date(2026, 11, 3)))
    with zipfile.ZipFile(io.BytesIO(opened().render(HEADING, [credit]).content)) as archive:
        assert archive.namelist() == ["0001-1002-C2.xml"]
        root = ElementTree.fromstring(archive.read("0001-1002-C2.xml"))
    assert root.tag == "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"
    texts = {path: root.findtext(path, "", NAMES) for path in ("cbc:ID", "cbc:CreditNoteTypeCode")}
    assert texts == {"cbc:ID": "1002-C2", "cbc:CreditNoteTypeCode": "381"}
    named = root.find("cac:BillingReference/cac:InvoiceDocumentReference", NAMES)
    assert named is not None
    assert [each.text for each in named] == ["1002", "2026-11-03"]
    plain = ElementTree.fromstring(files_of([invoiced])[0])
    for path in ("TaxTotal", "LegalMonetaryTotal"):
        found, expected = root.find(f"cac:{path}", NAMES), plain.find(f"cac:{path}", NAMES)
        assert found is not None
        assert expected is not None
        assert list(found.itertext()) == list(expected.itertext())

    def lines(of: ElementTree.Element, kind: str, quantity: str) -> list[tuple[str, ...]]:
        paths = (f"cbc:{quantity}", "cbc:LineExtensionAmount", "cac:Item/cbc:Name", "cac:Price/cbc:PriceAmount")
        rows = of.findall(f"cac:{kind}", NAMES)
        return [tuple(row.findtext(path, "", NAMES) for path in paths) for row in rows]

    assert lines(root, "CreditNoteLine", "CreditedQuantity") == lines(plain, "InvoiceLine", "InvoicedQuantity")


def test_a_credit_note_tampered_with_is_found() -> None:
    credit = credit_of(document("V01"))
    content = files_of([credit])[0]
    for old, new in [(b">29.85<", b">29.86<"), (b">3<", b">2<"), (b"1001-C1", b"1001-C2"), (b">24.67<", b">-24.67<")]:
        assert old in content
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("0001-1001-C1.xml", content.replace(old, new, 1))
        assert {problem.code for problem in opened().check(packed.getvalue(), [credit])} == {"UBL_FILE_DOES_NOT_ADD_UP"}


def test_every_reason_for_no_vat_is_told() -> None:
    sold = document("V21")
    extra = replace(sold.invoice.lines[0], treatment="margin", vat_category="E", vat_rate=Decimal(0), vat=Decimal(0))
    base, vat = sold.invoice.total_ex_vat + extra.net, sold.invoice.total_vat
    voucher = next(row for row in sold.invoice.vat_summary if row.category == "O")
    exempt = replace(voucher, category="E", base=extra.net)
    changed = replace(
        sold.invoice,
        lines=(*sold.invoice.lines, extra),
        vat_summary=(*sold.invoice.vat_summary, exempt),
        total_ex_vat=base,
        total_inc_vat=base + vat,
        amount_due=base + vat,
    )
    (content,) = files_of([replace(sold, invoice=changed)])
    (reason,) = ElementTree.fromstring(content).findall(".//cbc:TaxExemptionReason", NAMES)
    assert reason.text == (
        "Cadeaubon voor meervoudig gebruik: btw volgt bij inwisseling; Bijzondere regeling - gebruikte goederen"
    )
