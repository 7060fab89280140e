"""Does the file add up? Reads the finished bytes again and compares every value and every sum with the documents."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

from kloppend.books.asperion.axml.fields import DOCUMENT_FIELDS, LINE_FIELDS, Line
from kloppend.books.asperion.axml.formats import DoesNotFit, Value, parse_format
from kloppend.books.asperion.axml.layout import Node, Profile
from kloppend.books.asperion.axml.leaves import value_text
from kloppend.books.asperion.axml.records import FileRecord, Record, leaves, read_records
from kloppend.books.asperion.axml.values import read_date, read_decimal
from kloppend.books.asperion.axml.vat import vat_class_of
from kloppend.books.xml_reading import UnreadableXmlError, parse_xml
from kloppend.books.xml_text import clean
from kloppend.domain.invoice import Document, InvoiceLine
from kloppend.domain.money import ZERO
from kloppend.domain.problems import Problem, Refused


def differences(profile: Profile, content: bytes, documents: Sequence[Document]) -> Iterator[Problem]:
    """AXML_FILE_DOES_NOT_ADD_UP for everything in the file that is not what the documents say.

    Numbers and dates are read back and compared as values, and the lines are added up again. A document that the
    profile cannot carry is a difference too.
    """
    try:
        reading = read_records(profile, parse_xml(content, largest=None))
    except UnreadableXmlError:
        yield _differs("-", "XML")
        return
    yield from _Comparison(profile, reading, documents).problems()


def _differs(order: str, what: str) -> Problem:
    return Problem.of("AXML_FILE_DOES_NOT_ADD_UP", order=order, what=what)


class _Comparison:
    def __init__(self, profile: Profile, reading: FileRecord, documents: Sequence[Document]) -> None:
        self.profile = profile
        self.reading = reading
        self.documents = documents
        self.leaves = list(leaves(profile.tree))

    def problems(self) -> Iterator[Problem]:
        orders = self.reading.orders
        for stray in self.reading.strays:
            yield _differs("-", stray)
        count = self._node("heading.order_count")
        if count and not self._agrees(count, orders, len(self.documents)):
            yield _differs("-", count.field)
        if len(orders.inner) != len(self.documents):
            yield _differs("-", f"{len(orders.inner)} / {len(self.documents)}")
            return
        for record, document in zip(orders.inner, self.documents, strict=True):
            try:
                found = list(self._document(record, document))
            except Refused as refused:  # no file can hold this document, so this one does not either
                found = [refused.problem.code]
            yield from (_differs(document.order_number, what) for what in found)

    def _document(self, record: Record, document: Document) -> Iterator[str]:
        values = {name: known.read(document) for name, known in DOCUMENT_FIELDS.items()}
        yield from self._values(record, values, "documents")
        lines = document.invoice.lines
        if len(record.inner) != len(lines):
            yield f"{len(record.inner)} / {len(lines)} line"
            return
        for line_record, line in zip(record.inner, lines, strict=True):
            yield from self._values(line_record, {**values, **self._line(document, line)}, "lines")
        yield from self._sums(record, document)

    def _line(self, document: Document, line: InvoiceLine) -> dict[str, Value]:
        vat_class = vat_class_of(self.profile, document, line.vat_category, line.vat_rate)
        return {name: known.read(Line(line, vat_class)) for name, known in LINE_FIELDS.items()}

    def _values(self, record: Record, values: dict[str, Value], scope: str) -> Iterator[str]:
        for leaf in self.leaves:
            if leaf.scope != scope or leaf.node.field not in values:
                continue
            # A value that stands under a condition has to be there exactly when the condition holds.
            there = all(name not in values or clean(str(values[name])) for name in leaf.conditions)
            if not (
                self._agrees(leaf.node, record, values[leaf.node.field]) if there else record.of(leaf.node) is None
            ):
                yield leaf.node.field

    def _agrees(self, node: Node, record: Record, expected: Value) -> bool:
        found = record.of(node) or ""
        form = parse_format(node.format)
        if not found or isinstance(expected, str) or form.style == "plain":
            return found == self._written(node, expected)
        if isinstance(expected, date):
            return read_date(form, found) == expected
        return read_decimal(form, found) == form.round(Decimal(expected))

    def _written(self, node: Node, value: Value) -> str | None:
        """The text that belongs here; None when there is none, as the value does not fit or its table lacks it."""
        try:
            return value_text(self.profile, node, value)
        except (DoesNotFit, KeyError):
            return None

    def _sums(self, record: Record, document: Document) -> Iterator[str]:
        invoice = document.invoice
        wanted = {
            "line.net": invoice.total_ex_vat,
            "line.vat": invoice.total_vat,
            "line.gross": invoice.total_inc_vat - invoice.rounding,
        }
        for name, total in wanted.items():
            node = self._node(name)
            if node and sum((_amount(node, line) for line in record.inner), ZERO) != total:
                yield f"sum {name}"
        vat, vat_class = self._node("line.vat"), self._node("line.vat_class")
        if (
            vat
            and vat_class
            and self._per_class(record, vat, vat_class) != self._expected_per_class(document, vat_class)
        ):
            yield "sum line.vat / line.vat_class"

    def _node(self, name: str) -> Node | None:
        return next((leaf.node for leaf in self.leaves if leaf.node.field == name), None)

    def _per_class(self, record: Record, vat: Node, vat_class: Node) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for line in record.inner:
            sums[line.of(vat_class) or ""] += _amount(vat, line)
        return dict(sums)

    def _expected_per_class(self, document: Document, vat_class: Node) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for total in document.invoice.vat_summary:
            found = vat_class_of(self.profile, document, total.category, total.rate)
            sums[self._written(vat_class, found) or ""] += total.vat
        return dict(sums)


def _amount(node: Node, record: Record) -> Decimal:
    return read_decimal(parse_format(node.format), record.of(node) or "") or ZERO
