"""What the simulated Asperion demands of a new debtor and a new invoice."""

from decimal import Decimal
from typing import Any

from kloppend.books.asperion.simulator.administration import Row, SimulatedAdministration
from kloppend.books.asperion.simulator.answer import Failure

_TITLE = "One or more validation errors occurred."
_DEBTOR = ("name", "address", "debtorKindId")
_TEXTS = ("debtorCustomerNumber", "date", "description", "journalId")


def checked_debtor(row: Row) -> Row:
    """The debtor, when it has what a debtor must have."""
    missing = {_pascal(name): [f"The {_pascal(name)} field is required."] for name in _DEBTOR if not row.get(name)}
    if missing:
        raise Failure(400, _TITLE, missing)
    return row


def checked_invoice(books: SimulatedAdministration, row: Row) -> Row:
    """The invoice with its lines as a plain list, when everything it names exists."""
    errors = {_pascal(name): [f"The {_pascal(name)} field is required."] for name in _TEXTS if not row.get(name)}
    if not errors and not books.find_debtor(str(row["debtorCustomerNumber"])):
        errors["DebtorCustomerNumber"] = ["The debtor does not exist."]
    if not errors and not _has(books.journals, row["journalId"]):
        errors["JournalId"] = ["The journal does not exist."]
    condition = row.get("paymentConditionId")
    if condition is not None and not _has(books.payment_conditions, condition):
        errors["PaymentConditionId"] = ["The payment condition does not exist."]
    lines = row.get("lines")
    lines = lines.get("_data") if isinstance(lines, dict) else lines
    if not isinstance(lines, list) or not lines:
        errors["Lines"] = ["At least one line is required."]
        lines = []
    for index, line in enumerate(lines):
        errors |= _line_errors(books, line, f"Lines[{index}]")
    if errors:
        raise Failure(400, _TITLE, errors)
    return {**row, "lines": lines}


def _line_errors(books: SimulatedAdministration, line: Any, where: str) -> dict[str, list[str]]:
    if not isinstance(line, dict):
        return {where: ["must be an object"]}
    errors = {}
    if not _has([row for row in books.vat_codes if row["salesCode"]], line.get("vatCode")):
        errors[f"{where}.VatCode"] = ["The VAT code does not exist."]
    if not _has([row for row in books.ledger_accounts if not row["disabled"]], line.get("ledgerAccountId")):
        errors[f"{where}.LedgerAccountId"] = ["The ledger account does not exist."]
    for name in ("amount", "vatAmount"):
        value = line.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            errors[f"{where}.{_pascal(name)}"] = ["must be a number"]
        else:
            line[name] = Decimal(value)
    return errors


def _has(rows: list[Row], wanted: object) -> bool:
    return any(str(row["id"]) == str(wanted) for row in rows)


def _pascal(name: str) -> str:
    return name[0].upper() + name[1:]
