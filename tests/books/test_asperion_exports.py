"""An audit file or a CSV list that the merchant uploads, compared with what was delivered by file."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kloppend.books.asperion.exports import (
    Columns,
    UnreadableExportError,
    csv_columns,
    read_audit_file,
    read_csv,
)
from kloppend.books.xml_reading import UnreadableXmlError
from kloppend.domain.compare_export import compare_export

from .documents import document

LINE = """<line><recordID>{n}</recordID><accountID>{account}</accountID>{debtor}<documentID>{doc}</documentID>
<description>{text}</description><debitAmount>{debit}</debitAmount><creditAmount>{credit}</creditAmount></line>"""


def invoice(doc: str, text: str, gross: str) -> str:
    debtor = LINE.format(
        n=1, account=1300, debtor="<custSupID>10501</custSupID>", doc=doc, text=text, debit=gross, credit=""
    )
    revenue = LINE.format(n=2, account=8000, debtor="", doc=doc, text="Omzet", debit="", credit=gross)
    return debtor + revenue


def audit_file(*invoices: str, namespace: str = "") -> bytes:
    start = f'<auditfile xmlns="{namespace}">' if namespace else "<auditfile>"
    body = "".join(invoices)
    return f"""<?xml version="1.0" encoding="UTF-8"?>{start}<header><auditfileVersion>CLAIR2.00.00</auditfileVersion>
<productID>Asperion</productID></header><transactions><journal><journalID>70</journalID><transaction>
<transactionID>7</transactionID><description>Verkoop</description><transactionDate>2026-11-23</transactionDate>
{body}</transaction></journal></transactions></auditfile>""".encode()


def codes(content: bytes) -> list[tuple[str, str]]:
    documents = [document("V01"), document("V02")]
    return [(each.code, each.detail["order"]) for each in compare_export(documents, read_audit_file(content))]


@pytest.mark.parametrize("namespace", ["", "http://www.auditfiles.nl/XAF/3.2"])
def test_what_is_there_and_equal_is_silent(namespace: str) -> None:
    first, second = invoice("20261", "Bestelling 1001", "29.85"), invoice("20262", "Bestelling 1002 - Anna", "63.47")
    assert codes(audit_file(first, second, namespace=namespace)) == []


def test_missing_doubled_and_different_are_told_apart() -> None:
    longer = invoice("1", "Bestelling 10012", "29.85")
    assert codes(audit_file(longer)) == [("NOT_IN_EXPORT", "1001"), ("NOT_IN_EXPORT", "1002")]
    twice = [invoice(number, "bestelling 1001", "29.85") for number in ("1", "2")]
    assert codes(audit_file(*twice)) == [("BOOKED_TWICE", "1001"), ("NOT_IN_EXPORT", "1002")]
    off = [invoice("1", "Bestelling 1001", "29.86"), invoice("2", "Bestelling 1002", "63.40")]
    assert codes(audit_file(*off)) == [("BOOKED_CENTS_DIFFER", "1001"), ("BOOKED_AMOUNT_DIFFERS", "1002")]


def test_an_entry_without_a_debtor_s_line_says_nothing_of_its_total() -> None:
    only = LINE.format(n=1, account=8000, debtor="", doc="1", text="Bestelling 1001", debit="", credit="1.00")
    (entry,) = read_audit_file(audit_file(only))
    assert entry.gross is None
    assert codes(audit_file(only)) == [("NOT_IN_EXPORT", "1002")]


@pytest.mark.parametrize(
    "content", [b"", b"x", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><auditfile>&b;</auditfile>"]
)
def test_what_is_no_xml_or_harmful_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableXmlError):
        read_audit_file(content)


def test_other_xml_and_odd_amounts_are_refused() -> None:
    with pytest.raises(UnreadableExportError, match="no audit file"):
        read_audit_file(b"<Invoice/>")
    with pytest.raises(UnreadableExportError, match="debitAmount"):
        read_audit_file(audit_file(invoice("1", "x", "1,2,3")))


CSV = """Factuurnummer;Datum;Omschrijving;Totaal
20261;23-11-2026;Bestelling 1001;29,85
20262;;Bestelling 1002;1.063,47
;;;
"""
COLUMNS = Columns(description="Omschrijving", gross="Totaal", number="Factuurnummer", booked_on="Datum")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_list_as_csv(encoding: str) -> None:
    content = CSV.replace("Totaal", "Totaal €").encode(encoding)
    assert csv_columns(content)[-1] == "Totaal €"
    columns = Columns(description="Omschrijving", gross="Totaal €", number="Factuurnummer", booked_on="Datum")
    first, second = read_csv(content, columns)
    assert (str(first.gross), str(first.booked_on), first.number) == ("29.85", "2026-11-23", "20261")
    assert (str(second.gross), second.booked_on) == ("1063.47", None)
    (problem,) = compare_export([document("V01"), document("V02")], [first, second])
    assert (problem.detail["ours"], problem.detail["theirs"]) == ("63.47", "1063.47")


@pytest.mark.parametrize(
    ("content", "says"),
    [("", "no first row"), ("een kolom\n1", "no first row"), (CSV.replace("29,85", "29 euro"), "row 2"),
     (CSV.replace("29,85", "1.234"), "row 2"),
     (CSV.replace("Omschrijving", "Tekst"), "no column Omschrijving"), ('a;b\n"x', "not a CSV")],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_refused(content: str, says: str) -> None:
    with pytest.raises(UnreadableExportError, match=says):
        read_csv(content.encode(), COLUMNS)


@given(st.binary(max_size=300))
def test_no_bytes_bring_it_down(content: bytes) -> None:
    for read in (read_audit_file, csv_columns, lambda found: read_csv(found, COLUMNS)):
        with suppress(UnreadableExportError, UnreadableXmlError):
            read(content)
