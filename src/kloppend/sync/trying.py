"""What would become of an order in books that answer: looked up and checked there, and nothing kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kloppend.books.port import Accepted, ApiBooks, Outcome
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What would be posted, and what the books said to it; `vat` is base and VAT per VAT code of the books.

    `debtor` is empty for a customer whose debtor would be made first. Then the invoice was checked on another
    (`checked_on`), or, in books without debtors, not at all: only the new debtor was.
    """

    document: Document
    reference: str
    debtor: str
    checked_on: str
    vat: Mapping[str, tuple[Decimal, Decimal]]
    outcome: Outcome
    notes: tuple[Problem, ...] = ()


def try_order(books: ApiBooks, document: Document, reference: str) -> Tried:
    """Let the books check it. Raises BooksTrouble, and Refused for a debtor that must not be used."""
    found = books.find_debtor(document)
    number = checked_on = found.number if found else ""
    if found is None:
        outcome = books.validate_debtor(document)
        checked_on = books.some_debtor() if isinstance(outcome, Accepted) else ""
    if checked_on:
        outcome = books.validate(document, checked_on, reference)
    return Tried(
        document=document,
        reference=reference,
        debtor=number,
        checked_on=checked_on,
        vat=books.vat_by_code(document),
        outcome=outcome,
        notes=found.notes if found else (),
    )
