"""UBL as books that take files: one zip with a file per invoice, the same bytes for the same documents."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence

from kloppend.books.file_names import slug
from kloppend.books.port import BooksSettings, FileHeading, RenderedFile
from kloppend.books.ubl.cents import unequal_cents
from kloppend.books.ubl.credit import number_of
from kloppend.books.ubl.render import render_document
from kloppend.books.ubl.settings import ubl_settings
from kloppend.books.xml_reading import UnreadableXmlError, parse_xml
from kloppend.books.xml_text import clean
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem, Refused

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a zip can name: the file must not depend on when it is made


class UblBooks:
    """Options: `seller` and `payment_means`, see settings.UblSettings. Raises ValueError when they cannot be used."""

    def __init__(self, settings: BooksSettings) -> None:
        self._settings = ubl_settings(settings)

    @property
    def verified(self) -> bool:
        """UBL is a public standard."""
        return True

    def cannot_carry(self, document: Document) -> Problem | None:
        """What an e-invoice must have and this document lacks; None when it can go."""
        return next(_missing(document), None)

    def render(self, heading: FileHeading, documents: Sequence[Document]) -> RenderedFile:
        """One zip. Raises Refused for the first document that cannot be carried after all."""
        for document in documents:
            for problem in _missing(document):
                raise Refused(problem)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
            for name, document in _named(documents):
                archive.writestr(zipfile.ZipInfo(name, _EPOCH), render_document(self._settings, document))
        name = f"kloppend-ubl-{slug(heading.shop_name)}-{heading.business_date.isoformat()}-{heading.number}.zip"
        return RenderedFile(name=name, content=packed.getvalue(), notes=tuple(_notes(documents)))

    def check(self, content: bytes, documents: Sequence[Document]) -> tuple[Problem, ...]:
        """Every file in the zip against its document: to the cent by what it says, and to the byte."""
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                files = {info.filename: archive.read(info) for info in archive.infolist()}
                names = archive.namelist()
        except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
            return (_differs("-", "zip"),)
        expected = list(_named(documents))
        if names != [name for name, _ in expected]:
            return (_differs("-", f"{len(names)} / {len(expected)}"),)
        return tuple(
            _differs(document.order_number, what)
            for name, document in expected
            for what in self._differences(files[name], document)
        )

    def _differences(self, content: bytes, document: Document) -> Iterator[str]:
        try:
            yield from unequal_cents(parse_xml(content), document)
        except UnreadableXmlError:
            yield "XML"
            return
        if content != render_document(self._settings, document):
            yield "text"


def _named(documents: Sequence[Document]) -> Iterator[tuple[str, Document]]:
    for number, document in enumerate(documents, start=1):
        order = re.sub(r"[^A-Za-z0-9_-]", "-", number_of(document))[:60]
        yield f"{number:04}-{order}.xml", document


def _missing(document: Document) -> Iterator[Problem]:
    order, invoice, debtor = document.order_number, document.invoice, document.debtor
    if invoice.total_inc_vat < 0 and document.credits is None:
        yield Problem.of("CREDIT_NOT_DECLARED", order=order, amount=invoice.total_inc_vat)
    if invoice.currency != "EUR":
        yield Problem.of("UBL_VALUE_MISSING", order=order, field="EUR")
    if debtor.number:
        yield Problem.of("DEBTOR_NUMBER_NOT_DECLARED", order=order, debtor=debtor.number)
    address = document.delivery_address or debtor.address
    needed = {
        "order.number": order,
        "debtor.name": debtor.name,
        "invoice_address.country": debtor.address.country,
        "delivery_address.country": address.country,
        **{f"line {n}": line.description for n, line in enumerate(invoice.lines, start=1)},
    }
    if {"K", "AE"} & {line.vat_category for line in invoice.lines}:  # BR-IC-02, BR-AE-02
        needed["debtor.vat_number"] = debtor.vat_number or ""
    for field, text in needed.items():
        if not clean(text):
            yield Problem.of("UBL_VALUE_MISSING", order=order, field=field)


def _notes(documents: Sequence[Document]) -> Iterator[Problem]:
    off = sum(any(vat.vat != vat.vat_recalculated for vat in d.invoice.vat_summary) for d in documents)
    if off:
        yield Problem.of("UBL_CENT_DIFFERENCE_POSSIBLE", count=off, total=len(documents))


def _differs(order: str, what: str) -> Problem:
    return Problem.of("UBL_FILE_DOES_NOT_ADD_UP", order=order, what=what)
