"""An invoice as the books have it: what a look-up finds, and what the check afterwards compares."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedVat:
    """Base and VAT that the books show for one VAT code of theirs."""

    vat_code: str
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedDebtor:
    """The customer as the books know it; texts may be empty. `country` is ISO 3166-1 alpha-2."""

    number: str
    email: str = ""
    name: str = ""
    country: str = ""
    vat_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedInvoice:
    """Amounts in euro; `status` in the package's own words. None: the books do not tell."""

    external_id: str
    reference: str
    debtor_number: str
    invoice_date: date | None
    gross: Decimal
    net: Decimal | None = None
    vat: Decimal | None = None
    status: str = ""
    vat_by_code: tuple[BookedVat, ...] = ()
    debtor: BookedDebtor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedEntry:
    """An invoice in an export that a merchant made: the texts it is known by, and what it came to if that is told."""

    texts: tuple[str, ...]
    number: str = ""
    booked_on: date | None = None
    gross: Decimal | None = None
