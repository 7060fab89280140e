"""Reads what Asperion can export: the audit file (XAF, CLAIR 2.00.00) and lists as CSV, made by the merchant.

That Asperion exports such an audit file is known; how it fills descriptions in is not, so the comparison looks for the
order's description in every text of an entry.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from lxml import etree

from kloppend.books.xml_reading import parse_xml
from kloppend.domain.booked import ExportedEntry
from kloppend.domain.money import ZERO, parse_amount, round2

LARGEST = 50_000_000
"""Bytes an export may have."""
_DUTCH_DATE = re.compile(r"(\d{2})-(\d{2})-(\d{4})", re.ASCII)
_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,2})?", re.ASCII)
_DUTCH_AMOUNT = re.compile(r"-?\d{1,3}(\.\d{3})*,\d{2}|-?\d+,\d{1,2}", re.ASCII)


class UnreadableExportError(ValueError):
    """This is not an export that we can read; the text says why."""


def read_audit_file(content: bytes) -> tuple[ExportedEntry, ...]:
    """An entry per document of each transaction; its total is what the debtor's lines came to.

    Raises UnreadableXmlError for what is no XML or might be harmful, UnreadableExportError for another kind of XML.
    """
    root = parse_xml(content, largest=LARGEST)
    if etree.QName(root).localname != "auditfile":
        raise UnreadableExportError("the file is XML, but no audit file (XAF)")
    return tuple(entry for transaction in _all(root, "transaction") for entry in _entries(transaction))


def _entries(transaction: etree._Element) -> Iterator[ExportedEntry]:
    documents: dict[str, list[etree._Element]] = {}
    for line in _all(transaction, "line"):
        documents.setdefault(_text(line, "documentID"), []).append(line)
    for number, lines in documents.items():
        own = [line for line in lines if _text(line, "custSupID")]
        texts = [_text(transaction, "description"), *(_text(line, "description") for line in lines)]
        yield ExportedEntry(
            texts=tuple(dict.fromkeys(filter(None, texts))),
            number=number or _text(transaction, "transactionID"),
            booked_on=_day(_text(transaction, "transactionDate")),
            gross=sum((_amount(line, "debitAmount") - _amount(line, "creditAmount") for line in own), ZERO)
            if own
            else None,
        )


def _all(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """Whatever the namespace: versions of the audit file differ in it."""
    return element.iter(f"{{*}}{name}")


def _text(element: etree._Element, name: str) -> str:
    return (element.findtext(f"{{*}}{name}") or "").strip()


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


def csv_columns(content: bytes) -> tuple[str, ...]:
    """The names to choose from. Raises UnreadableExportError."""
    return tuple(_rows(content)[0])


def read_csv(content: bytes, columns: Columns) -> tuple[ExportedEntry, ...]:
    """An entry per row; amounts with a decimal comma or point. Raises UnreadableExportError with the row."""
    head, *rows = _rows(content)
    missing = {columns.description, columns.gross, columns.number, columns.booked_on} - {*head, ""}
    if missing:
        raise UnreadableExportError(f"there is no column {', '.join(sorted(missing))}")
    entries = []
    for number, cells in enumerate(rows, start=2):
        row = {"": "", **dict(zip(head, (cell.strip() for cell in cells), strict=False))}
        if any(cells):
            entries.append(_entry(row, columns, number))
    return tuple(entries)


def _entry(row: dict[str, str], columns: Columns, number: int) -> ExportedEntry:
    text = row.get(columns.gross, "")
    plain = text.replace(".", "").replace(",", ".") if _DUTCH_AMOUNT.fullmatch(text) else text
    if plain and not _AMOUNT.fullmatch(plain):  # 1.234 could be a thousand or one
        raise UnreadableExportError(f"row {number}: {columns.gross} is not an amount")
    return ExportedEntry(
        texts=(row.get(columns.description, ""),),
        number=row.get(columns.number, ""),
        booked_on=_day(row.get(columns.booked_on, "")),
        gross=parse_amount(plain) if plain else None,
    )


def _rows(content: bytes) -> Sequence[list[str]]:
    if len(content) > LARGEST:
        raise UnreadableExportError(f"the file is larger than {LARGEST} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    first = text.partition("\n")[0]
    separator = max(";,\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error as error:
        raise UnreadableExportError(f"not a CSV file: {error}") from error
    if not rows or len(rows[0]) < 2:
        raise UnreadableExportError("not a CSV file: no first row with the names of columns")
    return [[cell.strip() for cell in rows[0]], *rows[1:]]


def _day(text: str) -> date | None:
    found = _DUTCH_DATE.fullmatch(text)
    try:
        return date.fromisoformat(f"{found[3]}-{found[2]}-{found[1]}" if found else text[:10])
    except ValueError:
        return None
