"""Asperion by REST API, as books that answer; see books.port.ApiBooks."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from kloppend.books.access import Access
from kloppend.books.asperion.rest import debtors, payload, reading
from kloppend.books.asperion.rest.answers import passing, read_json, rejection, retry_after
from kloppend.books.asperion.rest.api import ADMINISTRATIONS, Api, Patience
from kloppend.books.asperion.rest.identity import Identity
from kloppend.books.asperion.rest.settings import RestSettings, named
from kloppend.books.port import (
    Accepted,
    BooksTrouble,
    Choice,
    DebtorFound,
    MasterData,
    Named,
    NotSent,
    Outcome,
    Rejected,
    Search,
    Unclear,
)
from kloppend.books.xml_text import clean
from kloppend.domain.booked import BookedInvoice
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem, Refused
from kloppend.domain.reference import can_be_marked
from kloppend.outside.errors import AddressInvalid, AddressRefused, NameUnknown, OutsideError
from kloppend.outside.http import Answer

INVOICES = "/v1/salesinvoiceswithlines"
_NAME = re.compile(r"(?!0+$|-)[\x21-\x7e]{1,60}")
_NOT_LEFT = (AddressInvalid, AddressRefused, NameUnknown)


class AsperionRest:
    """Implements books.port.ApiBooks. `patience` is for reads; nothing that changes the books is tried twice."""

    def __init__(self, settings: RestSettings, access: Access, patience: Patience | None = None) -> None:
        self.settings = settings
        self._api = Api(settings, Identity(settings, access), access.http, patience or Patience())

    def administrations(self) -> Sequence[Choice]:
        """The administrations to choose from."""
        return [reading.choice(row) for row in self._api.list(ADMINISTRATIONS).rows]

    def master_data(self) -> MasterData:
        """What can be chosen for sales."""
        vat_codes = [row for row in self._api.list("/v1/vatcodes").rows if row.get("salesCode") is True]
        accounts = [row for row in self._api.list("/v1/ledgeraccounts").rows if row.get("disabled") is not True]
        return MasterData(
            vat_codes=tuple(map(reading.vat_code, vat_codes)),
            journals=tuple(reading.choice(row, "type") for row in self._api.list("/v1/journals").rows),
            ledger_accounts=tuple(reading.choice(row) for row in accounts),
            payment_conditions=tuple(reading.choice(row) for row in self._api.list("/v1/paymentconditions").rows),
        )

    def missing(self) -> Sequence[str]:
        """Journal, kind of new debtors, and rows for VAT of its own."""
        names = {"journal": "journal", "debtor_kind": "debtor_kind", "vat": "vat_codes"}
        return [name for setting, name in names.items() if not getattr(self.settings, setting)]

    def chosen(self) -> Sequence[Named]:
        """Journal, VAT rows, rounding and payment conditions of the settings."""
        return list(named(self.settings))

    def cannot_carry(self, document: Document) -> Problem | None:
        """What the settings do not declare: the hold; None when the document can go."""
        if not can_be_marked(document.order_number):
            return Problem.of("ORDER_NUMBER_NOT_MARKABLE", order=document.order_number)
        try:
            debtors.fixed_debtor(self.settings, document)
        except Refused as refused:
            return refused.problem
        return next(payload.undeclared(self.settings, document), None)

    def vat_by_code(self, document: Document) -> Mapping[str, tuple[Decimal, Decimal]]:
        """What the lines come to per VAT code."""
        return payload.sent_per_vat_code(payload.invoice_body(self.settings, document, "", ""))

    def find_debtor(self, document: Document) -> DebtorFound | None:
        """By exact e-mail, or fixed by a setting. Raises Refused for a debtor that must not be used."""
        return debtors.find_debtor(self._api, self.settings, document)

    def create_debtor(self, document: Document) -> Outcome:
        """A new debtor; Accepted carries the customer number."""
        body = payload.encode(payload.debtor_body(self.settings, document))
        return self._outcome(document, lambda: self._api.send(debtors.PATH, body), "customerNumber")

    def some_debtor(self) -> str:
        """Of the first page: any will do."""
        rows = (row for row in self._api.some(debtors.PATH) if row.get("blocked") is not True)
        usable = (reading.text(row, "customerNumber") for row in rows)
        return next(filter(None, usable), "")

    def validate_debtor(self, document: Document) -> Outcome:
        """A dry run."""
        body = payload.encode(payload.debtor_body(self.settings, document))
        return _certain(self._outcome(document, lambda: self._api.send(debtors.PATH, body, only_validate=True), None))

    def validate(self, document: Document, debtor: str, reference: str) -> Outcome:
        """A dry run; what is unclear about it changes nothing, so it is NotSent."""
        try:
            body = self._body(document, debtor, reference)
        except Refused as refused:
            return Rejected(refused.problem)
        return _certain(self._outcome(document, lambda: self._api.send(INVOICES, body, only_validate=True), None))

    def post(self, document: Document, debtor: str, reference: str) -> Outcome:
        """One request, one concept."""
        try:
            body = self._body(document, debtor, reference)
        except Refused as refused:
            return Rejected(refused.problem)
        return self._outcome(document, lambda: self._api.send(INVOICES, body), "id", reference)

    def post_credit(self, document: Document, debtor: str, reference: str, credited: str) -> Outcome:
        """A concept with negative amounts that names the invoice it takes back."""
        try:
            body = self._body(document, debtor, reference, credited)
        except Refused as refused:
            return Rejected(refused.problem)
        return self._outcome(document, lambda: self._api.send(INVOICES, body), "id", reference)

    def look_up(self, reference: str) -> Search:
        """By Asperion's description filter, and equality decided here.

        A row that carries the reference and cannot be read leaves the search incomplete: it is no proof of absence.
        """
        listed = self._api.list(INVOICES, **{self.settings.description_filter: reference})
        found: dict[str, BookedInvoice] = {}  # by id: a list that changes while it is read shows some twice
        complete = listed.complete and listed.counted
        for row in listed.rows:
            if reference not in reading.text(row, "description"):
                continue
            try:
                invoice = reading.booked_invoice(row)
            except BooksTrouble:
                complete = False
            else:
                found[invoice.external_id] = invoice
        return Search(found=tuple(found.values()), complete=complete)

    def attach(self, external_id: str, file_name: str, pdf: bytes) -> Outcome:
        """As multipart, in the part that Asperion calls File."""
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", external_id, re.ASCII):
            raise ValueError("not an id of the books")
        boundary = secrets.token_hex(16)
        name = re.sub(r"[^A-Za-z0-9._-]", "-", file_name)
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="File"; filename="{name}"\r\n'
        body = f"{head}Content-Type: application/pdf\r\n\r\n".encode() + pdf + f"\r\n--{boundary}--\r\n".encode()
        kind = f"multipart/form-data; boundary={boundary}"
        return self._outcome(None, lambda: self._api.send(f"{INVOICES}/{external_id}/file", body, kind=kind), "id")

    def read_back(self, external_id: str) -> BookedInvoice | None:
        """The invoice and its debtor as they are now. Raises BooksTrouble when not everything was seen."""
        listed = self._api.list(INVOICES, Id=external_id)
        found = next((row for row in listed.rows if reading.text(row, "id") == external_id), None)
        if found is None:
            if not listed.complete:
                raise BooksTrouble(Problem.of("BOOKS_SEARCH_INCOMPLETE", what=INVOICES))
            return None
        number = reading.text(found, "debtorCustomerNumber")
        rows = self._api.list(debtors.PATH, **{self.settings.number_filter: number}).rows
        debtor = next(
            (reading.booked_debtor(row) for row in rows if reading.text(row, "customerNumber") == number), None
        )
        return reading.booked_invoice(found, debtor)

    def _body(self, document: Document, debtor: str, reference: str, credited: str = "") -> bytes:
        held = self.cannot_carry(document)
        if held:
            raise Refused(held)
        if bool(credited) != (document.invoice.total_inc_vat < 0):
            raise ValueError("a credit note names the invoice it takes back, and is negative")
        words = [document.description, reference]
        if credited:  # its mark first: cut off at the length where an invoice's is not, it would never be found again
            words = [reference, document.description, f"({credited})"]
        return payload.encode(
            payload.invoice_body(self.settings, document, debtor, clean(" ".join(filter(None, words))))
        )

    def _outcome(
        self, document: Document | None, send: Callable[[], Answer], named: str | None, reference: str = ""
    ) -> Outcome:
        """What became of it. `named`: the field of the answer that names what was made; None when nothing was.

        An answer whose description lacks the `reference` is about something else.
        """
        order = document.order_number if document else "-"
        try:
            answer = send()
        except BooksTrouble as trouble:  # before anything left: we had no access
            return NotSent(trouble.problem, trouble.retry_after)
        except _NOT_LEFT as error:
            return NotSent(Problem.of("BOOKS_UNREACHABLE", what=type(error).__name__))
        except OutsideError as error:
            return Unclear(Problem.of("BOOKS_OUTCOME_UNCLEAR", order=order, what=type(error).__name__))
        if answer.status in (401, 429):
            return NotSent(passing(answer).problem, retry_after(answer))
        if 400 <= answer.status < 500 and answer.status != 408:
            return Rejected(rejection(answer, document, order))
        if 200 <= answer.status < 300 and named is None:
            return Accepted("")
        external_id = _name_in(answer, named, reference) if named and 200 <= answer.status < 300 else ""
        if external_id:
            return Accepted(external_id)
        return Unclear(Problem.of("BOOKS_OUTCOME_UNCLEAR", order=order, what=answer.status))


def _certain(outcome: Outcome) -> Outcome:
    """Of a dry run nothing can have been kept."""
    if isinstance(outcome, Unclear):
        return NotSent(Problem.of("BOOKS_UNREACHABLE", what=outcome.problem.detail["what"]))
    return outcome


def _name_in(answer: Answer, field: str, reference: str) -> str:
    """The name; empty when there is none that can be one: 0 is what a program says that made nothing."""
    try:
        row = reading.bare(read_json(answer))
    except BooksTrouble:
        return ""
    if reference and reference not in reading.text(row, "description") and row.get("description") is not None:
        return ""
    return found if _NAME.fullmatch(found := reading.text(row, field)) else ""
