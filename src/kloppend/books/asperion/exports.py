"""Reads what a merchant exports from Asperion: the audit file (XAF 3.2, or the older CLAIR 2.00.00) and lists as CSV.

That Asperion exports an audit file is known; how it fills descriptions in is not, so every text of a document is kept.
Files are read as a stream, in memory that does not grow with them.
"""

import codecs
import csv
import io
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from lxml import etree

from kloppend.books.xml_reading import UnreadableXmlError, name_of_root
from kloppend.domain.booked import ExportedEntry
from kloppend.domain.money import ZERO, parse_amount, round2

LARGEST = 60_000_000
"""Bytes an export may have."""
_MOST_TEXTS = 20
_NO_SALES = frozenset({"B", "C", "P", "O", "Y"})
"""Journals of XAF 3.2 for bank, cash, purchases, opening and pay: a payment names the order it is for too."""
_LINES, _TYPES = ("trLine", "line"), ("jrnTp", "type")
_BULK = ("customerSupplier", "ledgerAccount", "basic", "obLine", "obSubledgerLine", "vatCode", "period")
"""What there is much of in an audit file, and nothing that we need."""
_DUTCH_DATE = re.compile(r"(\d{2})-(\d{2})-(\d{4})", re.ASCII)
_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,2})?", re.ASCII)
_DUTCH_AMOUNT = re.compile(r"-?\d{1,3}(\.\d{3})*,\d{2}|-?\d+,\d{1,2}", re.ASCII)


class UnreadableExportError(ValueError):
    """This is not an export that we can read; the text says why, `row` and `column` where there is no amount."""

    def __init__(self, text: str, *, row: int | None = None, column: str = "") -> None:
        super().__init__(text)
        self.row, self.column = row, column


def read_audit_file(file: BinaryIO) -> Iterator[ExportedEntry]:
    """An entry per document of each transaction; its total is what the debtor's lines came to.

    Raises UnreadableXmlError for what is no XML or might be harmful, UnreadableExportError for another kind of XML and
    for an amount that is none.
    """
    if name_of_root(file) != "auditfile":
        raise UnreadableExportError("the file is XML, but no audit file (XAF)")
    file.seek(0)
    tags = [f"{{*}}{name}" for name in (*_LINES, *_TYPES, *_BULK, "transaction", "journal")]
    try:
        events = etree.iterparse(
            file, tag=tags, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
        )
        yield from _entries(events)
    except etree.LxmlError as error:
        raise UnreadableXmlError(f"the file is not well-formed XML: {error}") from error


@dataclass(slots=True)
class _Document:
    """What the lines of one document come to, so that no line needs to be kept."""

    texts: dict[str, None] = field(default_factory=dict)
    gross: Decimal | None = None

    def add(self, line: etree._Element) -> None:
        self.tell(_text(line, "desc", "description"), _text(line, "orderRef"))
        if _text(line, "custSupID"):
            self.gross = (self.gross or ZERO) + _signed(line)

    def tell(self, *texts: str) -> None:
        self.texts.update(dict.fromkeys(list(filter(None, texts))[: _MOST_TEXTS - len(self.texts)]))


def _entries(events: Iterable[tuple[str, etree._Element]]) -> Iterator[ExportedEntry]:
    journal, documents = "", dict[str, _Document]()
    for _event, element in events:
        name = etree.QName(element).localname
        if name in _TYPES:
            parent = element.getparent()
            if parent is not None and etree.QName(parent).localname == "journal":
                journal = (element.text or "").strip().upper()
            continue
        if name in _LINES:
            number = _text(element, "invRef", "docRef", "documentID")
            documents.setdefault(number, _Document()).add(element)
        elif name == "transaction":
            if journal not in _NO_SALES:
                yield from _of_transaction(element, documents)
            documents = {}
        elif name == "journal":
            journal = ""
        _let_go(element)


def _of_transaction(transaction: etree._Element, documents: dict[str, _Document]) -> Iterator[ExportedEntry]:
    """What has a debtor is an invoice; other lines belong to it when there is one, whatever they refer to."""
    invoices = {number: one for number, one in documents.items() if one.gross is not None} or documents
    rest = [one for number, one in documents.items() if number not in invoices]
    for number, document in invoices.items():
        if len(invoices) == 1:
            document.tell(*(text for one in rest for text in one.texts))
        document.tell(_text(transaction, "desc", "description"))
        yield ExportedEntry(
            texts=tuple(document.texts),
            number=number or _text(transaction, "nr", "transactionID"),
            booked_on=_day(_text(transaction, "trDt", "transactionDate")),
            gross=document.gross,
        )


def _let_go(element: etree._Element) -> None:
    """Forget what was read, and the one of its kind before it: the element itself still stands in the parser."""
    element.clear(keep_tail=False)
    before, parent = element.getprevious(), element.getparent()
    if before is not None and parent is not None and before.tag == element.tag:
        parent.remove(before)


def _text(element: etree._Element, *names: str) -> str:
    """The first of these that says something, whatever the namespace: versions of the audit file differ in it."""
    found = ((element.findtext(f"{{*}}{name}") or "").strip() for name in names)
    return next(filter(None, found), "")


def _signed(line: etree._Element) -> Decimal:
    """Debit less credit: 3.2 has one amount and its side, 2.00.00 an amount for each side."""
    side = _text(line, "amntTp").upper()
    if side:
        return _amount(line, "amnt") if side == "D" else -_amount(line, "amnt")
    return _amount(line, "debitAmount") - _amount(line, "creditAmount")


def _amount(element: etree._Element, name: str) -> Decimal:
    text = _text(element, name)
    try:
        return round2(parse_amount(text)) if text else ZERO
    except ValueError as error:
        raise UnreadableExportError(f"{name} is not an amount") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Which columns of a CSV mean what; the merchant chooses, as no public page tells how Asperion names them."""

    description: str
    gross: str
    number: str = ""
    booked_on: str = ""


def csv_columns(file: BinaryIO) -> tuple[str, ...]:
    """The names to choose from. Raises UnreadableExportError."""
    with closing(_rows(file)) as rows:
        return tuple(next(rows))


def read_csv(file: BinaryIO, columns: Columns) -> Iterator[ExportedEntry]:
    """An entry per row; amounts with a decimal comma or point. Raises UnreadableExportError with the row."""
    with closing(_rows(file)) as rows:
        head = next(rows)
        missing = {columns.description, columns.gross, columns.number, columns.booked_on} - {*head, ""}
        if missing:
            raise UnreadableExportError(f"there is no column {', '.join(sorted(missing))}")
        for number, cells in enumerate(rows, start=2):
            if any(cells):
                row = {**dict(zip(head, (cell.strip() for cell in cells), strict=False)), "": ""}
                yield _entry(row, columns, number)


def _entry(row: dict[str, str], columns: Columns, number: int) -> ExportedEntry:
    text = re.sub(r"[\s€]", "", row.get(columns.gross, ""))
    plain = text.replace(".", "").replace(",", ".") if _DUTCH_AMOUNT.fullmatch(text) else text
    if plain and not _AMOUNT.fullmatch(plain):  # 1.234 could be a thousand or one
        text = f"row {number}: {columns.gross} is not an amount"
        raise UnreadableExportError(text, row=number, column=columns.gross)
    return ExportedEntry(
        texts=(row.get(columns.description, ""),),
        number=row.get(columns.number, ""),
        booked_on=_day(row.get(columns.booked_on, "")),
        gross=parse_amount(plain) if plain else None,
    )


def _rows(file: BinaryIO) -> Generator[list[str], None, None]:
    """The first row names the columns."""
    encoding = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace", newline="")
    try:
        first = text.readline(_LONGEST_HEAD)
        if "\0" in first:
            raise UnreadableExportError("not a CSV file")
        separator = max(";,\t", key=first.count)
        text.seek(0)
        yield from _read(csv.reader(text, delimiter=separator, strict=True))
    except csv.Error as error:
        raise UnreadableExportError(f"not a CSV file: {error}") from error
    finally:
        text.detach()  # the file is its owner's to close


_LONGEST_HEAD = 100_000


def _read(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    head = next(rows, [])
    if len(head) < 2:
        raise UnreadableExportError("not a CSV file: no first row with the names of columns")
    yield [cell.strip() for cell in head]
    yield from rows


def _encoding(file: BinaryIO) -> str:
    """By its mark, or UTF-8 where all of it is, or else what Windows writes."""
    file.seek(0)
    if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8")()
    file.seek(0)
    try:
        while block := file.read(1_000_000):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _day(text: str) -> date | None:
    found = _DUTCH_DATE.fullmatch(text)
    try:
        return date.fromisoformat(f"{found[3]}-{found[2]}-{found[1]}" if found else text[:10])
    except ValueError:
        return None
