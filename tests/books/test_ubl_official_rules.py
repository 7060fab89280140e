"""Every UBL file passes the official rules, where they are at hand. docs/channels.md says with which it was last tried.

KLOPPEND_SCHEMATRON names the compiled rules (.xslt, several with the path separator): EN16931-UBL-validation.xslt of
ConnectingEurope/eInvoicing-EN16931, si-ubl-2.0.xsl of SimplerInvoicing/validation. They are not ours to hand on.
"""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from kloppend.domain.crediting import Wanted, credit_part
from kloppend.domain.invoice import Credited, Document
from kloppend.domain.problems import Refused

from .documents import INVOICED, credit_of, document
from .test_channels import ROWS, recorded
from .test_ubl import files_of, opened

RULES = [Path(name) for name in os.environ.get("KLOPPEND_SCHEMATRON", "").split(os.pathsep) if name]
FAILED = "{http://purl.oclc.org/dsdl/svrl}failed-assert"


def carried() -> list[Document]:
    """The worked cases, a document per treatment, the recorded orders; then each credited, whole and in part."""
    invoices = [document(case) for case in INVOICED] + [row for row in ROWS.values() if row.credits is None]
    invoices += recorded()
    notes = [note for each in invoices for note in (credit_of(each), *part_of(each))]
    return [each for each in invoices + notes if opened().cannot_carry(each) is None]


def part_of(each: Document) -> Iterator[Document]:
    """One piece of the first line goes back, with its part of the discounts; nothing where that is refused."""
    try:
        note = credit_part(each.invoice, {}, [Wanted(position=1, pieces=1)])
    except Refused:
        return
    day = each.invoice_date
    yield replace(each, invoice=note.invoice, credits=Credited(number=1, invoice_date=day))


def broken(rule: Path, contents: list[bytes], folder: Path) -> Iterator[tuple[int, str, str]]:
    """Which document breaks which rule, and what that rule says; warnings are not counted."""
    from saxonche import PySaxonProcessor  # large: loaded only where there are rules to run

    with PySaxonProcessor(license=False) as processor:
        compiled = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=str(rule))
        for number, content in enumerate(contents):
            (folder / "document.xml").write_bytes(content)
            said = ElementTree.fromstring(compiled.transform_to_string(source_file=str(folder / "document.xml")))
            for each in said.findall(FAILED):
                if each.get("flag") != "warning":
                    yield number, str(each.get("id")), "".join(each.itertext()).strip()


@pytest.mark.skipif(not RULES, reason="KLOPPEND_SCHEMATRON does not name the official rules (.xslt)")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_official_rules_find_nothing(rule: Path, tmp_path: Path) -> None:
    contents = files_of(carried())
    if "si-ubl" in rule.name:
        contents = [content for content in contents if b"nlcius" in content]  # the others do not claim it
    assert len(contents) >= 30
    assert list(broken(rule, contents, tmp_path)) == []


@pytest.mark.skipif(not RULES, reason="KLOPPEND_SCHEMATRON does not name the official rules (.xslt)")
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_the_official_rules_are_really_asked(rule: Path, tmp_path: Path) -> None:
    abroad = files_of([ROWS["ICP, supply to an EU business (K)"]])[0]
    assert b">100.00<" in abroad
    false = [abroad.replace(b">100.00<", b">300.00<", 1), abroad.replace(b"<cbc:ID>K</cbc:ID>", b"<cbc:ID>S</cbc:ID>")]
    assert {number for number, _, _ in broken(rule, false, tmp_path)} == {0, 1}
