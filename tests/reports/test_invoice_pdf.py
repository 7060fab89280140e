"""The PDF beside an invoice: the same bytes each time, every amount on it, and any letter a customer may type."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kloppend.domain.invoice import Document
from kloppend.reports.invoice_pdf import drawing, invoice_pdf
from tests.books.documents import INVOICED, credit_of, document

REFERENCE = "#AAAAAA-1001."


def named(name: str) -> Document:
    each = document("V02")
    return replace(each, debtor=replace(each.debtor, name=name))


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every text that is drawn."""
    texts = list[str]()
    shown = drawing._shown

    def noted(text: str) -> str:
        texts.append(shown(text))
        return texts[-1]

    monkeypatch.setattr(drawing, "_shown", noted)
    return texts


@pytest.mark.parametrize("case_id", INVOICED)
def test_every_document_becomes_a_pdf_with_its_amounts(case_id: str, printed: list[str]) -> None:
    each = document(case_id)
    pdf = invoice_pdf(each, REFERENCE, "en")
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    assert f"{each.invoice.total_inc_vat:,.2f}" in printed
    assert all(f"{line.net:,.2f}" in printed and line.description in printed for line in each.invoice.lines)
    assert REFERENCE in " ".join(printed)


def test_the_same_bytes_each_time() -> None:
    assert invoice_pdf(document("V01"), REFERENCE, "nl") == invoice_pdf(document("V01"), REFERENCE, "nl")


def test_it_says_that_it_is_a_copy_unless_the_merchant_chose_otherwise(printed: list[str]) -> None:
    invoice_pdf(document("V01"), REFERENCE, "nl")
    assert any("niet de factuur zelf" in text for text in printed)
    printed.clear()
    invoice_pdf(document("V01"), REFERENCE, "nl", copy=False)
    assert not any("niet de factuur zelf" in text for text in printed)


def test_polish_greek_and_cyrillic_letters_are_there_and_emoji_become_a_sign(printed: list[str]) -> None:
    invoice_pdf(named("Żółć Ωμέγα Ёлка 😀𓀀"), REFERENCE, "nl")
    assert "Żółć Ωμέγα Ёлка \N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}" in printed


def test_a_credit_note_says_so(printed: list[str]) -> None:
    invoice_pdf(credit_of(document("V02")), REFERENCE, "nl")
    assert "Creditfactuur" in printed


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_printed(text: str) -> None:
    invoice_pdf(named(text), REFERENCE, "nl")


def test_a_long_invoice_takes_more_pages() -> None:
    each = document("V01")
    many = replace(each, invoice=replace(each.invoice, lines=each.invoice.lines * 80))
    assert len(re.findall(rb"/Type /Page\b", invoice_pdf(many, REFERENCE, "nl"))) > 1
