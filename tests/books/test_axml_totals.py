"""The sums of the XML, read here without any of the channel's own reading code, are those of the documents; and what
somebody changes in a file afterwards is found."""

import re
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kloppend.books.asperion.axml import AxmlBooks
from kloppend.books.port import BooksSettings

from .documents import HEADING, document
from .profiles import CUSTOM

CARRIED = ["V01", "V02", "V03", "V04", "V05", "V08", "V11", "V22", "V23", "V26"]
BOOKS = AxmlBooks(BooksSettings(administration="A"))
CLASSES = {Decimal(21): "hoog", Decimal(9): "laag"}


def amount(element: ElementTree.Element, name: str) -> Decimal:
    return Decimal(element.findtext(name, default=""))


@given(st.lists(st.sampled_from(CARRIED), max_size=6))
@settings(max_examples=60, deadline=None)
def test_totals_are_those_of_the_documents(case_ids: list[str]) -> None:
    documents = [document(case_id) for case_id in case_ids]
    root = ElementTree.fromstring(BOOKS.render(HEADING, documents).content)
    orders = root.findall("Orders/Order")
    assert root.findtext("Header/OrderCount") == str(len(documents))
    assert [order.findtext("OrderNumber") for order in orders] == [each.order_number for each in documents]
    for order, each in zip(orders, documents, strict=True):
        invoice, lines = each.invoice, order.findall("Orderline")
        assert amount(order, "TotalIncVat") == invoice.total_inc_vat == sum(amount(line, "Gross") for line in lines)
        assert amount(order, "TotalExVat") == invoice.total_ex_vat == sum(amount(line, "Net") for line in lines)
        assert amount(order, "TotalVat") == invoice.total_vat
        assert amount(order, "AmountDue") == invoice.amount_due
        vat: dict[str | None, Decimal] = defaultdict(Decimal)
        for line in lines:
            vat[line.findtext("VatClass")] += amount(line, "Vat")
        assert vat == {CLASSES[total.rate]: total.vat for total in invoice.vat_summary}


def _spots(content: bytes) -> list[tuple[int, int]]:
    """Where a digit or letter stands in a text of the file, outside the heading that documents know nothing of."""
    body = content.index(b"<Orders>")
    texts = re.finditer(rb">([^<>\s][^<>]*)<", content[body:])
    return [(body + spot, content[body + spot]) for text in texts for spot in range(text.start(1), text.end(1))]


def test_every_changed_character_of_an_order_is_found() -> None:
    documents = [document("V01"), document("V02")]
    content = BOOKS.render(HEADING, documents).content
    spots = _spots(content)
    assert len(spots) > 300
    for spot, byte in spots:
        other = b"8" if byte != ord("8") else b"3"
        tampered = content[:spot] + other + content[spot + 1 :]
        assert BOOKS.check(tampered, documents), content[spot - 30 : spot + 10]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</Orders>", b"<Order/></Orders>"),
        (b"</Orders>", b"<Extra/></Orders>"),
        (b"</Orders>", b"10</Orders>"),
        (b"<Order>", b'<Order extra="1">'),
        (b"<OrderCount>1", b"<OrderCount>2"),
        (b"<Asperion>", b"<!DOCTYPE x><Asperion>"),
        (b'type="invoice"', b'type="delivery"'),
        (b"</Orderline>", b"</Orderline><Orderline><Net>0.00</Net></Orderline>"),
        (b"<AmountDue>29.85</AmountDue>", b""),
        (b"<Vat>5.18</Vat>", b"<Vat>5,18</Vat>"),
    ],
)
def test_tampered_structure_is_found(old: bytes, new: bytes) -> None:
    documents = [document("V01")]
    content = BOOKS.render(HEADING, documents).content
    assert old in content
    problems = BOOKS.check(content.replace(old, new, 1), documents)
    assert {problem.code for problem in problems} == {"AXML_FILE_DOES_NOT_ADD_UP"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'btw="8,680"', b'btw="8,690"'),
        (b'code="H"', b'code="L"'),
        (b">41,32<", b">41,33<"),
        (b'datum="23-11-2026"', b'datum="24-11-2026"'),
        (b'datum="23-11-2026"', b'datum="31-02-2026"'),
        (b">ANNA JANSE<", b">ANNA JANS<"),
        (b'land="Nederland"', b'land="Belgie"'),
        (b"urn:example:orders", b"urn:example:other"),
        (b"<Afronding>", b'<Levering munt="EUR"/><Afronding>'),
    ],
)
def test_tampering_is_found_through_another_profile(old: bytes, new: bytes) -> None:
    books = AxmlBooks(BooksSettings(administration="A", options={"profile_toml": CUSTOM}))
    documents = [document("V02")]
    content = books.render(HEADING, documents).content
    assert old in content, content.decode()
    assert books.check(content.replace(old, new, 1), documents)


def test_the_sums_find_lines_that_do_not_make_the_invoice() -> None:
    """Every value of the file equals the document, and the document itself does not add up."""
    sound = document("V01")
    unsound = replace(sound, invoice=replace(sound.invoice, lines=sound.invoice.lines * 2))
    whats = {problem.detail["what"] for problem in BOOKS.check(BOOKS.render(HEADING, [unsound]).content, [unsound])}
    assert whats == {"sum line.net", "sum line.vat", "sum line.gross", "sum line.vat / line.vat_class"}
