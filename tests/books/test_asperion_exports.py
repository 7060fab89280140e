"""An audit file or a CSV list that the merchant uploads, compared with what was delivered by file."""

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from io import BytesIO
from pathlib import Path

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
from kloppend.domain.booked import ExportedEntry
from kloppend.domain.compare_export import Expected, Finding, compare_export, problem_of

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


FORWARDED = (
    Expected(kind="invoice", order="1001", gross=Decimal("29.85")),
    Expected(kind="invoice", order="1002", gross=Decimal("63.47")),
)


def findings(content: bytes, *expected: Expected) -> list[Finding]:
    compared = compare_export(expected or FORWARDED, read_audit_file(BytesIO(content)))
    return sorted(compared.findings, key=lambda finding: finding.order)


def codes(content: bytes) -> list[tuple[str, str]]:
    problems = [problem_of(finding) for finding in findings(content)]
    return [(problem.code, problem.detail["order"]) for problem in problems if problem]


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
    (entry,) = read_audit_file(BytesIO(audit_file(only)))
    assert entry.gross is None
    assert codes(audit_file(only)) == [("NOT_IN_EXPORT", "1002")]


@pytest.mark.parametrize(
    "content", [b"", b"x", b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><auditfile>&b;</auditfile>"]
)
def test_what_is_no_xml_or_harmful_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableXmlError):
        list(read_audit_file(BytesIO(content)))


def test_other_xml_and_odd_amounts_are_refused() -> None:
    with pytest.raises(UnreadableExportError, match="no audit file"):
        list(read_audit_file(BytesIO(b"<Invoice/>")))
    with pytest.raises(UnreadableExportError, match="debitAmount"):
        list(read_audit_file(BytesIO(audit_file(invoice("1", "x", "1,2,3")))))


CSV = """Factuurnummer;Datum;Omschrijving;Totaal
20261;23-11-2026;Bestelling 1001;29,85
20262;;Bestelling 1002;1.063,47
;;;
"""
COLUMNS = Columns(description="Omschrijving", gross="Totaal", number="Factuurnummer", booked_on="Datum")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_list_as_csv(encoding: str) -> None:
    content = CSV.replace("Totaal", "Totaal €").encode(encoding)
    assert csv_columns(BytesIO(content))[-1] == "Totaal €"
    columns = Columns(description="Omschrijving", gross="Totaal €", number="Factuurnummer", booked_on="Datum")
    first, second = read_csv(BytesIO(content), columns)
    assert (str(first.gross), str(first.booked_on), first.number) == ("29.85", "2026-11-23", "20261")
    assert (str(second.gross), second.booked_on) == ("1063.47", None)
    (finding,) = (one for one in compare_export(FORWARDED, [first, second]).findings if one.outcome != "equal")
    assert (finding.outcome, str(finding.ours), str(finding.theirs)) == ("differs", "63.47", "1063.47")


@pytest.mark.parametrize(
    ("content", "says"),
    [("", "no first row"), ("een kolom\n1", "no first row"), (CSV.replace("29,85", "29 euro"), "row 2"),
     (CSV.replace("29,85", "1.234"), "row 2"),
     (CSV.replace("Omschrijving", "Tekst"), "no column Omschrijving"), (CSV + '"x', "not a CSV")],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_refused(content: str, says: str) -> None:
    with pytest.raises(UnreadableExportError, match=says):
        list(read_csv(BytesIO(content.encode()), COLUMNS))


@given(st.binary(max_size=300))
def test_no_bytes_bring_it_down(content: bytes) -> None:
    for read in (read_audit_file, csv_columns, lambda found: read_csv(found, COLUMNS)):
        with suppress(UnreadableExportError, UnreadableXmlError):
            list(read(BytesIO(content)))


XAF = """<trLine><nr>{n}</nr><accID>{account}</accID><docRef>{doc}</docRef><effDate>2026-11-23</effDate>
<desc>{text}</desc>
<amnt>{amount}</amnt><amntTp>{side}</amntTp>{debtor}</trLine>"""


def transaction(nr: str, text: str, gross: str, *, doc: str = "", side: str = "D") -> str:
    """As XAF 3.2 has it: the debtor's line refers to the invoice, the revenue's line perhaps to nothing."""
    debtor = f"<custSupID>10501</custSupID><invRef>{doc or nr}</invRef>"
    other = "C" if side == "D" else "D"
    lines = XAF.format(n=1, account=1300, doc="", text=text, amount=gross, side=side, debtor=debtor)
    lines += XAF.format(n=2, account=8000, doc="", text="Omzet", amount=gross, side=other, debtor="")
    return f"""<transaction><nr>{nr}</nr><desc>Verkoop {nr}</desc><periodNumber>11</periodNumber>
<trDt>2026-11-23</trDt><amnt>{gross}</amnt>{lines}</transaction>"""


def xaf(*journals: tuple[str, str]) -> bytes:
    body = "".join(
        f"<journal><jrnID>{n}</jrnID><desc>x</desc><jrnTp>{kind}</jrnTp>{content}</journal>"
        for n, (kind, content) in enumerate(journals)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?><auditfile xmlns="http://www.auditfiles.nl/XAF/3.2"><header>
<fiscalYear>2026</fiscalYear></header><company><customersSuppliers><customerSupplier><custSupID>10501</custSupID>
<custSupName>Jan de Vries</custSupName></customerSupplier></customersSuppliers><transactions><linesCount>2</linesCount>
{body}</transactions></company></auditfile>""".encode()


def outcomes(content: bytes, *expected: Expected) -> list[tuple[str, str]]:
    return [(finding.order, finding.outcome) for finding in findings(content, *expected)]


def test_an_audit_file_3_2() -> None:
    sales = transaction("20261", "Bestelling 1001", "29.85") + transaction("20262", "Bestelling 1002", "63.40")
    first, second = findings(xaf(("S", sales)))
    assert (first.outcome, first.numbers, str(first.booked_on)) == ("equal", ("20261",), "2026-11-23")
    assert (second.outcome, str(second.theirs)) == ("differs", "63.40")


def test_a_payment_names_the_order_and_is_no_second_invoice() -> None:
    sales = transaction("20261", "Bestelling 1001", "29.85") + transaction("20262", "Bestelling 1002", "63.47")
    paid = transaction("9", "Bestelling 1001 iDEAL", "29.85", side="C")
    assert outcomes(xaf(("S", sales), ("B", paid))) == [("1001", "equal"), ("1002", "equal")]
    assert outcomes(xaf(("S", sales), ("Z", paid))) == [("1001", "equal"), ("1002", "equal")]
    assert outcomes(xaf(("B", sales))) == [("1001", "missing"), ("1002", "missing")]


def test_a_credit_note_is_not_a_second_invoice() -> None:
    text = "Creditfactuur bij bestelling 1001, factuur van 23-11-2026"
    sales = transaction("1", "Bestelling 1001", "29.85") + transaction("2", text, "29.85", side="C")
    invoice_1001 = FORWARDED[0]
    credit = Expected(kind="credit", order="1001", gross=Decimal("-29.85"))
    assert outcomes(xaf(("S", sales)), invoice_1001, credit) == [("1001", "equal")] * 2
    assert sorted(outcomes(xaf(("S", sales)), invoice_1001)) == [("1001", "equal"), ("1001", "not_ours")]
    again = sales + transaction("3", "Bestelling 1001", "29.85")
    assert outcomes(xaf(("S", again)), invoice_1001, invoice_1001, credit) == [("1001", "equal")] * 3
    assert ("1001", "doubled") in outcomes(xaf(("S", again)), invoice_1001, credit)


def test_two_shops_of_one_administration_may_use_the_same_number() -> None:
    sales = transaction("1", "Bestelling 1001", "29.85") + transaction("2", "Bestelling 1001", "12.00")
    elsewhere = Expected(kind="invoice", order="1001", gross=Decimal("12.00"), here=False)
    assert outcomes(xaf(("S", sales)), FORWARDED[0], elsewhere) == [("1001", "equal")]
    assert outcomes(xaf(("S", sales)), FORWARDED[0]) == [("1001", "equal"), ("1001", "doubled")]


def test_an_invoice_of_an_order_that_was_never_forwarded_is_told() -> None:
    compared = compare_export(FORWARDED, read_audit_file(BytesIO(xaf(("S", transaction("5", "Order 77", "1.00"))))))
    assert compared.counts() == {"missing": 2, "not_ours": 1}
    known = [Expected(kind="invoice", order="77", gross=Decimal("1.00"))]
    again = compare_export(
        FORWARDED, read_audit_file(BytesIO(xaf(("S", transaction("5", "Order 77", "1.00"))))), known=known
    )
    assert again.counts() == {"missing": 2}


def test_a_large_audit_file_is_read_in_little_memory(tmp_path: Path) -> None:
    path, count = tmp_path / "groot.xaf", 0
    start, end = xaf(("S", "MANY")).split(b"MANY")
    with path.open("wb") as file:
        file.write(start)
        while file.tell() < 50_000_000:
            count += 1
            file.write(transaction(str(count), f"Bestelling {count} {'x' * 200}", "29.85").encode())
        file.write(end)
    before = _resident()
    with path.open("rb") as file:
        assert sum(1 for _ in read_audit_file(file)) == count
    assert _resident() - before < 30_000_000


def _resident() -> int:
    """Bytes of this process in memory, what lxml holds included."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_a_list_is_read_as_a_stream_also_as_excel_writes_unicode() -> None:
    def rows() -> Iterator[ExportedEntry]:
        return read_csv(BytesIO(CSV.replace(";", "\t").encode("utf-16")), COLUMNS)

    assert [entry.number for entry in rows()] == ["20261", "20262"]
