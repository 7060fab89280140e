"""The simulated REST API: which path does what, for which administration, and what it refuses."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from kloppend.books.asperion.simulator.administration import Row, SimulatedAdministration
from kloppend.books.asperion.simulator.answer import Failure, NoAnswer, Reply, json_reply
from kloppend.books.asperion.simulator.faults import Fault
from kloppend.books.asperion.simulator.listing import listing
from kloppend.books.asperion.simulator.posting import checked_debtor, checked_invoice

if TYPE_CHECKING:
    from kloppend.books.asperion.simulator.simulated import SimulatedAsperion

Rows = Callable[[SimulatedAdministration], list[Row]]

_LISTS: Mapping[str, Rows] = {
    "/v1/debtors": lambda books: books.debtors,
    "/v1/salesinvoices": lambda books: [{k: v for k, v in row.items() if k != "lines"} for row in books.invoices],
    "/v1/salesinvoiceswithlines": lambda books: [_with_lines(row) for row in books.invoices],
    "/v1/vatcodes": lambda books: books.vat_codes,
    "/v1/journals": lambda books: books.journals,
    "/v1/ledgeraccounts": lambda books: books.ledger_accounts,
    "/v1/paymentconditions": lambda books: books.payment_conditions,
    "/v1/costcenters": lambda books: books.cost_centers,
}


def _with_lines(row: Row) -> Row:
    return {**row, "lines": {"_data": row["lines"], "_meta": {"totalCount": len(row["lines"])}}}


class Api:
    """Answers calls that were let in. The caller holds the simulator's lock."""

    def __init__(self, asperion: "SimulatedAsperion") -> None:
        self._asperion = asperion
        self._faults = asperion.faults

    def get(self, path: str, query: Mapping[str, str], tenant: str) -> Reply:
        """A list, one page of it."""
        books = self._administration(tenant)
        if path == "/v1/administrations":
            rows = [{"id": each.id, "name": each.name} for each in self._opened()]
        elif path in _LISTS:
            rows = _LISTS[path](books)
        else:
            raise Failure(404, "Not Found")
        return json_reply(200, listing(rows, path, query, books, self._faults))

    def post(self, path: str, query: Mapping[str, str], tenant: str, body: bytes) -> Reply:
        """A new debtor, invoice or attachment; with validateOnly=true nothing is kept."""
        books = self._administration(tenant)
        only_validate = query.get("validateOnly", "").lower() == "true"
        if path == "/v1/debtors":
            debtor = checked_debtor(_read(body))
            return json_reply(200, debtor) if only_validate else json_reply(201, books.add_debtor(debtor))
        if path == "/v1/salesinvoiceswithlines":
            return self._invoice(books, _read(body), only_validate=only_validate)
        parts = path.split("/")
        if path.startswith("/v1/salesinvoiceswithlines/") and path.endswith("/file") and len(parts) == 5:
            return self._attach(books, parts[3], body, only_validate=only_validate)
        raise Failure(404, "Not Found")

    def _administration(self, tenant: str) -> SimulatedAdministration:
        """The trap that is confirmed: without a tenant the user's default administration is used."""
        if not tenant:
            return self._asperion.administrations[0]
        for each in self._opened():
            if str(each.id) == tenant:
                return each
        raise Failure(403, "The user has no access to this administration.")

    def _opened(self) -> list[SimulatedAdministration]:
        only_default = self._faults.strikes(Fault.OTHER_USER) is not None
        return self._asperion.administrations[: 1 if only_default else None]

    def _invoice(self, books: SimulatedAdministration, row: Row, *, only_validate: bool) -> Reply:
        invoice = checked_invoice(books, row)
        accepted = self._faults.strikes(Fault.DUPLICATES_ACCEPTED) is not None
        if not accepted and any(each["description"] == invoice["description"] for each in books.invoices):
            raise Failure(400, "One or more validation errors occurred.", {"Description": ["already exists"]})
        if only_validate:
            return json_reply(200, invoice)
        delay = self._faults.strikes(Fault.BOOKED_LATE)
        if delay is not None:
            self._asperion.book_later(books, invoice, float(delay or 1))
            raise NoAnswer
        return json_reply(201, _with_lines(books.add_invoice(invoice)))

    def _attach(self, books: SimulatedAdministration, invoice_id: str, body: bytes, *, only_validate: bool) -> Reply:
        if not any(str(each["id"]) == invoice_id for each in books.invoices):
            raise Failure(404, "Not Found")
        if b'name="File"' not in body or b"filename=" not in body:
            raise Failure(400, "One or more validation errors occurred.", {"File": ["The File field is required."]})
        row = {"id": f"f{len(books.files) + 1}", "invoice": invoice_id, "type": "application/pdf", "size": len(body)}
        if not only_validate:
            books.files.append(row)
        return json_reply(201, row)


def _read(body: bytes) -> Row:
    try:
        found: Any = json.loads(body, parse_float=Decimal)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Failure(400, "One or more validation errors occurred.", {"$": ["The JSON value could not be read."]})
    return found
