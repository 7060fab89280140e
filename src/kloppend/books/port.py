"""What the steps ask of a bookkeeping package: one that takes files (FileBooks) or one that answers (ApiBooks).

A package is a folder plus one line in the registry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Protocol, runtime_checkable

from kloppend.domain.booked import BookedInvoice
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHeading:
    """What a file says of itself. `number` counts a connection's files from 1 and is never used twice."""

    administration: str
    shop_name: str
    business_date: date
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedFile:
    """The finished file: from here on bytes are stored and copied, never made again."""

    name: str
    content: bytes
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksSettings:
    """The merchant's choices for this package; `options` are the package's own (profile, tables ...).

    `vouched`: the marks of file layouts that a person compared with an official sample. No option can say that.
    """

    administration: str
    options: Mapping[str, Any] = field(default_factory=dict)
    vouched: frozenset[str] = frozenset()


class FileBooks(Protocol):
    """Books that take invoices as files. Nothing here touches a disk, the network or the clock."""

    @property
    def verified(self) -> bool:
        """Whether a person has compared the layout with an official sample of the package."""
        ...

    def cannot_carry(self, document: Document) -> Problem | None:
        """The reason why this channel cannot express the document; None when it can."""
        ...

    def render(self, heading: FileHeading, documents: Sequence[Document]) -> RenderedFile:
        """Make one file of documents that can all be carried. The same input gives the same bytes."""
        ...

    def check(self, content: bytes, documents: Sequence[Document]) -> tuple[Problem, ...]:
        """Read a rendered file back and compare every total with the documents; empty when it adds up."""
        ...


@dataclass(frozen=True, slots=True)
class Accepted:
    """The books have it, under this name of theirs; `notes` are warnings to show with it."""

    external_id: str
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Rejected:
    """The books looked at it and do not want it: nothing was kept, and sending the same again changes nothing."""

    problem: Problem


@dataclass(frozen=True, slots=True)
class NotSent:
    """It certainly did not arrive, or was turned away unread: it may be sent again, after so many seconds if given."""

    problem: Problem
    retry_after: float | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """It left the house and no usable answer came: booked or not, only looking it up can tell (domain/unclear.py)."""

    problem: Problem


Outcome = Accepted | Rejected | NotSent | Unclear


class BooksTrouble(Exception):  # noqa: N818 - what the caller turns into a problem
    """Reading from the books failed; nothing was changed. `retry_after` in seconds, where the books said so."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(problem.code)
        self.problem = problem
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Choice:
    """Something of the books that a merchant can choose; `detail` is for people.

    Of a VAT code also its percentage and country, where the books tell. `last_day`: closed after it.
    """

    id: str
    name: str
    detail: str = ""
    rate: Decimal | None = None
    country: str = ""
    last_day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterData:
    """What an administration offers to choose from. Only what can be used for sales, nothing that is closed."""

    vat_codes: tuple[Choice, ...]
    journals: tuple[Choice, ...]
    ledger_accounts: tuple[Choice, ...]
    payment_conditions: tuple[Choice, ...]


Kind = Literal["vat_codes", "journals", "ledger_accounts", "payment_conditions"]
"""The lists of MasterData."""


@dataclass(frozen=True, slots=True)
class Named:
    """A setting names this of the books: `id` in the list `kind`."""

    kind: Kind
    id: str


@dataclass(frozen=True, slots=True)
class DebtorFound:
    """The customer number to book on, and what should be said about how it was found.

    `shared`: a collective debtor that a setting names, which says nothing of this customer.
    """

    number: str
    notes: tuple[Problem, ...] = ()
    shared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a look-up saw: invoices that carry the reference. `complete`: nothing was left unseen."""

    found: tuple[BookedInvoice, ...]
    complete: bool


@runtime_checkable
class ApiBooks(Protocol):
    """Books that take one invoice at a time and answer. Every call names its administration.

    Reads raise BooksTrouble and nothing else. Calls that change something return an Outcome and raise nothing, so
    that nobody can mistake "no answer" for "not booked".
    """

    def administrations(self) -> Sequence[Choice]:
        """The administrations that the one who gave access may use."""
        ...

    def master_data(self) -> MasterData:
        """The VAT codes, journals, ledger accounts and payment conditions to choose from."""
        ...

    def missing(self) -> Sequence[str]:
        """The package's own settings without which nothing can be booked, and that were not made.

        `vat_codes` among them can be made good by the merchant's mapping.
        """
        ...

    def chosen(self) -> Sequence[Named]:
        """What the package's own settings name of the master data."""
        ...

    def cannot_carry(self, document: Document) -> Problem | None:
        """The reason why this channel, with these settings, cannot express the document; None when it can."""
        ...

    def vat_by_code(self, document: Document) -> Mapping[str, tuple[Decimal, Decimal]]:
        """Base and VAT per VAT code of the books, as it would be posted now. Raises Refused as `cannot_carry` tells."""
        ...

    def find_debtor(self, document: Document) -> DebtorFound | None:
        """The debtor to book this document on; None when it has to be created first.

        Raises Refused as well, for a debtor that is there and must not be used.
        """
        ...

    def create_debtor(self, document: Document) -> Outcome:
        """Create the debtor; Accepted carries its customer number. After Unclear, `find_debtor` tells."""
        ...

    def some_debtor(self) -> str:
        """The number of any debtor, to check a document with whose own is not there yet; empty without any."""
        ...

    def validate_debtor(self, document: Document) -> Outcome:
        """Let the books check the debtor that `create_debtor` would make; Accepted has no number."""
        ...

    def validate(self, document: Document, debtor: str, reference: str) -> Outcome:
        """Let the books check the document without keeping it; Accepted has no id."""
        ...

    def post(self, document: Document, debtor: str, reference: str) -> Outcome:
        """Book the document as a concept, with the reference in its description. Never tried twice in here."""
        ...

    def post_credit(self, document: Document, debtor: str, reference: str, credited: str) -> Outcome:
        """The same for a credit note on the invoice that the books call `credited`; its amounts are negative."""
        ...

    def look_up(self, reference: str) -> Search:
        """Every invoice that carries exactly this reference."""
        ...

    def attach(self, external_id: str, file_name: str, pdf: bytes) -> Outcome:
        """Put a PDF with an invoice."""
        ...

    def read_back(self, external_id: str) -> BookedInvoice | None:
        """The invoice as the books have it now, with its debtor; None when it is gone."""
        ...


Books = FileBooks | ApiBooks
