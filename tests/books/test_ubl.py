"""UBL keeps the promises of the port, adds up to the cent, and passes the official rules where they are at hand.

The rules: KLOPPEND_SCHEMATRON names compiled schematron files (.xslt, several with the path separator), for example
ubl/xslt/EN16931-UBL-validation.xslt of ConnectingEurope/eInvoicing-EN16931; they run with the package saxonche.
"""

import io
import os
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from kloppend.books.port import BooksSettings, FileBooks
from kloppend.books.registry import open_books
from kloppend.books.ubl import UblBooks
from kloppend.domain.invoice import Document

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
        return [document(case_id) for case_id in INVOICED]


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
    problem = opened().cannot_carry(credit_of(document("V01")))
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


def test_the_official_rules_find_nothing(tmp_path: Path) -> None:
    saxonche = pytest.importorskip("saxonche", reason="the official rules need the package saxonche")
    rules = [Path(name) for name in os.environ.get("KLOPPEND_SCHEMATRON", "").split(os.pathsep) if name]
    if not rules:
        pytest.skip("KLOPPEND_SCHEMATRON does not name the official rules (.xslt)")
    found = []
    with saxonche.PySaxonProcessor(license=False) as processor:
        for rule in rules:
            compiled = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rule))
            for case_id, content in zip(INVOICED, files_of([document(case) for case in INVOICED]), strict=True):
                if "si-ubl" in rule.name and b"nlcius" not in content:
                    continue  # does not claim to be one
                (tmp_path / "invoice.xml").write_bytes(content)
                said = ElementTree.fromstring(compiled.transform_to_string(source_file=str(tmp_path / "invoice.xml")))
                failed = said.findall("{http://purl.oclc.org/dsdl/svrl}failed-assert")
                found += [
                    (rule.name, case_id, each.get("id"), "".join(each.itertext()).strip())
                    for each in failed
                    if each.get("flag") != "warning"
                ]
    assert found == []
