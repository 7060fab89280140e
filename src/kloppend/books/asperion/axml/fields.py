"""The source fields that a profile can name: everything a file may tell of itself, its documents and their lines."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from kloppend.books.asperion.axml.formats import Value
from kloppend.books.port import FileHeading
from kloppend.domain.invoice import Document, InvoiceLine
from kloppend.domain.money import ZERO
from kloppend.domain.order import Address

FieldKind = Literal["text", "code", "date", "money", "number", "count"]
"""text: free text. code: short text that a table may translate. money: whole cents. number: any decimal."""
Scope = Literal["file", "documents", "lines"]

S = TypeVar("S")
FOUR_DECIMALS = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Field(Generic[S]):
    """One fact that can be written: what kind it is and where it is read. An empty text means: there is none."""

    kind: FieldKind
    read: Callable[[S], Value]


@dataclass(frozen=True, slots=True)
class File:
    """The file as a whole."""

    heading: FileHeading
    order_count: int


@dataclass(frozen=True, slots=True)
class Line:
    """An invoice line with the VAT class (hoog, laag or 0) that the profile gives it."""

    line: InvoiceLine
    vat_class: str


def delivery_address(document: Document) -> Address | None:
    """Where the goods go, when that is not the invoice address."""
    differs = document.delivery_address != document.debtor.address
    return document.delivery_address if differs else None


def _person(address: Address) -> str:
    return " ".join(name for name in (address.first_name, address.last_name) if name)


def _address_fields(prefix: str, find: Callable[[Document], Address | None]) -> dict[str, Field[Document]]:
    readers: dict[str, Callable[[Address], str]] = {
        "company": lambda address: address.company,
        "person": _person,
        "street": lambda address: address.street,
        "street_2": lambda address: address.street_2,
        "postcode": lambda address: address.postcode,
        "city": lambda address: address.city,
        "country": lambda address: address.country,
    }

    def reader(name: str) -> Callable[[Document], str]:
        return lambda document: readers[name](find(document) or Address())

    return {f"{prefix}.{n}": Field("code" if n == "country" else "text", reader(n)) for n in readers}


def _gross_unit_price(line: InvoiceLine) -> Decimal:
    return (line.gross / line.quantity).quantize(FOUR_DECIMALS) if line.quantity else ZERO


FILE_FIELDS: Mapping[str, Field[File]] = {
    "heading.administration": Field("text", lambda file: file.heading.administration),
    "heading.shop_name": Field("text", lambda file: file.heading.shop_name),
    "heading.business_date": Field("date", lambda file: file.heading.business_date),
    "heading.number": Field("count", lambda file: file.heading.number),
    "heading.order_count": Field("count", lambda file: file.order_count),
}

DOCUMENT_FIELDS: Mapping[str, Field[Document]] = {
    "order.number": Field("text", lambda document: document.order_number),
    "order.description": Field("text", lambda document: document.description),
    "order.invoice_date": Field("date", lambda document: document.invoice_date),
    "order.payment_code": Field("code", lambda document: document.payment_code),
    "order.payment_condition": Field("text", lambda document: document.payment.condition),
    "order.journal": Field("text", lambda document: document.payment.journal),
    "order.fixed_debtor": Field("text", lambda document: document.payment.debtor),
    "order.currency": Field("code", lambda document: document.invoice.currency),
    "order.treatment": Field("code", lambda document: document.invoice.treatment),
    "totals.ex_vat": Field("money", lambda document: document.invoice.total_ex_vat),
    "totals.vat": Field("money", lambda document: document.invoice.total_vat),
    "totals.inc_vat": Field("money", lambda document: document.invoice.total_inc_vat),
    "totals.rounding": Field("money", lambda document: document.invoice.rounding),
    "totals.payments": Field("money", lambda document: sum((p.amount for p in document.invoice.payments), ZERO)),
    "totals.amount_due": Field("money", lambda document: document.invoice.amount_due),
    "debtor.number": Field("text", lambda document: document.debtor.number),
    "debtor.name": Field("text", lambda document: document.debtor.name),
    "debtor.contact": Field("text", lambda document: document.debtor.contact),
    "debtor.email": Field("text", lambda document: document.debtor.email),
    "debtor.vat_number": Field("text", lambda document: document.debtor.vat_number or ""),
    "delivery.differs": Field("code", lambda document: "yes" if delivery_address(document) else ""),
    **_address_fields("invoice_address", lambda document: document.debtor.address),
    **_address_fields("delivery_address", delivery_address),
}

LINE_FIELDS: Mapping[str, Field[Line]] = {
    "line.kind": Field("code", lambda line: line.line.kind),
    "line.description": Field("text", lambda line: line.line.description),
    "line.quantity": Field("count", lambda line: line.line.quantity),
    "line.unit_price": Field("number", lambda line: line.line.unit_price),
    "line.unit_price_inc_vat": Field("number", lambda line: _gross_unit_price(line.line)),
    "line.vat_class": Field("code", lambda line: line.vat_class),
    "line.vat_category": Field("code", lambda line: line.line.vat_category),
    "line.vat_rate": Field("number", lambda line: line.line.vat_rate),
    "line.net": Field("money", lambda line: line.line.net),
    "line.vat": Field("money", lambda line: line.line.vat),
    "line.gross": Field("money", lambda line: line.line.gross),
}

FIELDS_BY_SCOPE: Mapping[Scope, Mapping[str, FieldKind]] = {
    "file": {name: file_field.kind for name, file_field in FILE_FIELDS.items()},
    "documents": {name: document_field.kind for name, document_field in DOCUMENT_FIELDS.items()},
    "lines": {name: line_field.kind for name, line_field in LINE_FIELDS.items()},
}


@dataclass(frozen=True, slots=True)
class Source:
    """What is being written at one place of the tree: always a file, within it perhaps a document, perhaps a line."""

    file: File
    document: Document | None = None
    line: Line | None = None

    def value(self, name: str) -> Value:
        """The value of a source field. Raises KeyError for a field this place does not have."""
        if name in FILE_FIELDS:
            return FILE_FIELDS[name].read(self.file)
        if self.document and name in DOCUMENT_FIELDS:
            return DOCUMENT_FIELDS[name].read(self.document)
        if self.line and name in LINE_FIELDS:
            return LINE_FIELDS[name].read(self.line)
        raise KeyError(name)

    def at_line(self, line: InvoiceLine, vat_class: str) -> "Source":
        """The same place, one line deeper."""
        return replace(self, line=Line(line, vat_class))
