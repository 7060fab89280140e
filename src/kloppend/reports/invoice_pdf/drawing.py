"""Draws a document: who, what, VAT per rate and totals, each exactly as the canonical invoice has them."""

from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.enums import TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from kloppend.domain.invoice import Document
from kloppend.domain.order import Address
from kloppend.domain.problems import Language
from kloppend.reports.invoice_pdf.wording import WORDS, Words

FONT = "DejaVuSans"
WIDTHS = [82 * mm, 18 * mm, 18 * mm, 26 * mm, 26 * mm]
LAST_OF_BASIC_PLANE = 0xFFFF
"""What comes after it (emoji) the library draws, but copied out of the PDF it is another sign."""
UNKNOWN_SIGN = "\N{REPLACEMENT CHARACTER}"
_GRID: list[Any] = [("LINEBELOW", (0, 0), (-1, 0), 0.5, "black"), ("VALIGN", (0, 0), (-1, -1), "TOP")]


@cache
def _glyphs() -> frozenset[int]:
    """The code points that the font can show; the first call makes it known to the library."""
    font = TTFont(FONT, str(Path(__file__).with_name("DejaVuSans.ttf")))
    pdfmetrics.registerFont(font)
    return frozenset(code for code in font.face.charToGlyph if code <= LAST_OF_BASIC_PLANE)


def invoice_pdf(document: Document, reference: str, language: Language, *, copy: bool = True) -> bytes:
    """The bytes, the same for the same input. `copy`: it says of itself that it is not the legal invoice.

    A sign that the font does not have, such as most emoji, becomes the sign for an unknown one.
    """
    _glyphs()
    words, made = WORDS[language], BytesIO()
    title = f"{_title(document, words)} {words.order} {document.order_number}"
    template = SimpleDocTemplate(
        made, pagesize=A4, title=_shown(title), author="", creator="Kloppend", invariant=1,
        leftMargin=20 * mm, rightMargin=20 * mm, topMargin=20 * mm, bottomMargin=20 * mm,
    )  # fmt: skip
    template.build(list(_parts(document, reference, words, copy=copy)))
    return made.getvalue()


def _title(document: Document, words: Words) -> str:
    return words.credit if document.invoice.total_inc_vat < 0 else words.invoice


def _parts(document: Document, reference: str, words: Words, *, copy: bool) -> Iterator[Any]:
    yield _text(_title(document, words), size=16)
    yield Spacer(1, 6 * mm)
    if copy:
        yield _text(words.copy)
        yield Spacer(1, 4 * mm)
    yield _facts(document, reference, words)
    yield Spacer(1, 6 * mm)
    yield _lines(document, words)
    yield Spacer(1, 4 * mm)
    yield Table([[_text(what), _text(amount, right=True)] for what, amount in _sums(document, words)],
                colWidths=[WIDTHS[0] + WIDTHS[1] + WIDTHS[2], WIDTHS[3] + WIDTHS[4]])  # fmt: skip


def _facts(document: Document, reference: str, words: Words) -> Table:
    debtor = document.debtor
    names = [debtor.name, debtor.contact, *_address(debtor.address)]
    facts = [f"{words.day}: {document.invoice_date:%d-%m-%Y}", f"{words.order}: {document.order_number}",
             f"{words.reference}: {reference}"]  # fmt: skip
    if debtor.vat_number:
        facts.append(f"{words.vat_number}: {debtor.vat_number}")
    delivery = document.delivery_address
    if delivery and list(_address(delivery)) != list(_address(debtor.address)):
        where = [delivery.company, f"{delivery.first_name} {delivery.last_name}".strip(), *_address(delivery)]
        facts += [f"{words.delivered_to}:", *filter(None, where)]
    sides = [[_text(line) for line in filter(None, each)] for each in (names, facts)]
    return Table([sides], colWidths=[85 * mm, 85 * mm], style=[("VALIGN", (0, 0), (-1, -1), "TOP")])


def _address(address: Address) -> Iterator[str]:
    yield from filter(None, (address.street, address.street_2))
    yield f"{address.postcode} {address.city}".strip()
    yield address.country


def _lines(document: Document, words: Words) -> Table:
    head = [words.line, words.quantity, words.rate, words.net, words.vat]
    rows = [[_text(head[0]), *(_text(text, right=True) for text in head[1:])]]
    for line in document.invoice.lines:
        numbers = [str(line.quantity), words.rate_of(line.vat_rate), words.money(line.net), words.money(line.vat)]
        rows.append([_text(line.description), *(_text(text, right=True) for text in numbers)])
    return Table(rows, colWidths=WIDTHS, repeatRows=1, style=_GRID)


def _sums(document: Document, words: Words) -> Iterator[tuple[str, str]]:
    invoice = document.invoice
    yield words.net, words.money(invoice.total_ex_vat)
    for each in invoice.vat_summary:
        what = words.vat_on.format(rate=words.rate_of(each.rate), base=words.money(each.base))
        yield what, words.money(each.vat)
    if invoice.rounding:
        yield words.rounding, words.money(invoice.rounding)
    yield f"{words.total} ({invoice.currency})", words.money(invoice.total_inc_vat)
    for payment in invoice.payments:
        yield words.paid_by.format(code=payment.code), words.money(-payment.amount)
    if invoice.payments:
        yield f"{words.due} ({invoice.currency})", words.money(invoice.amount_due)


def _text(text: str, *, size: int = 9, right: bool = False) -> Paragraph:
    style = ParagraphStyle("plain", fontName=FONT, fontSize=size, leading=size * 1.35, splitLongWords=1)
    if right:
        style.alignment = TA_RIGHT
    return Paragraph(escape(_shown(text)).replace("\n", "<br/>"), style)


def _shown(text: str) -> str:
    return "".join(sign if ord(sign) in _glyphs() or sign == "\n" else UNKNOWN_SIGN for sign in text)
