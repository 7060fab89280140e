"""How the books name what an invoice says: VAT code and ledger account of a line, and all that a payment method brings.

One model for every channel. A merchant fills it in; what is not in it is nobody's guess, and a channel that needs it
holds the order.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from kloppend.domain.invoice import Booking, Invoice, InvoiceLine, LineKind, PaymentTerms, Treatment, VatCategory
from kloppend.domain.payment_code import longest_prefix
from kloppend.domain.vat.areas import HOME

VOUCHER_SOLD: VatCategory = "O"


@dataclass(frozen=True, slots=True, kw_only=True)
class VatRow:
    """Lines of this treatment and rate are booked so, from the first day to the last (None: without end).

    `country`: whose VAT it is, or else where the goods go; empty for any, but never for OSS, as one country's 21% is
    not another's. `category` empty: the one that goes with the treatment. A gift voucher sold is no turnover and needs
    a row that names its category. `kinds` empty: any kind of line.
    """

    treatment: Treatment
    rate: Decimal
    vat_code: str
    ledger_account: str
    country: str = ""
    category: VatCategory | Literal[""] = ""
    kinds: tuple[LineKind, ...] = ()
    first_day: date = date.min
    last_day: date | None = None

    def fits(self, line: InvoiceLine, country: str, day: date) -> bool:
        """Whether this row is about such a line, on this day."""
        categories = (self.category,) if self.category or line.vat_category == VOUCHER_SOLD else (line.vat_category,)
        return (
            (self.treatment, self.rate) == (line.treatment, line.vat_rate)
            and line.vat_category in categories
            and self.country.upper() in ((country,) if line.treatment == "oss" else ("", country))
            and (not self.kinds or line.kind in self.kinds)
            and self.first_day <= day
            and (self.last_day is None or day <= self.last_day)
        )


def booking_of(
    rows: Iterable[VatRow], invoice: Invoice, line: InvoiceLine, destination: str, day: date
) -> Booking | None:
    """Where this line goes, by the most particular row and then the latest; None when no row is about it.

    `destination` is the country the goods go to; it counts where the VAT is our own.
    """
    country = destination.upper() if invoice.vat_country == HOME else invoice.vat_country
    fitting = [row for row in rows if row.fits(line, country, day)]
    if not fitting:
        return None
    best = max(fitting, key=lambda row: (bool(row.country), bool(row.kinds), row.first_day))
    return Booking(vat_code=best.vat_code, ledger_account=best.ledger_account)


def contradiction(rows: Iterable[VatRow]) -> VatRow | None:
    """A row that says something else than an earlier one, of the same lines from the same day."""
    seen: dict[tuple[object, ...], Booking] = {}
    for row in rows:
        about = (row.treatment, row.rate, row.country.upper(), row.category, tuple(sorted(row.kinds)), row.first_day)
        said = Booking(vat_code=row.vat_code, ledger_account=row.ledger_account)
        if seen.setdefault(about, said) != said:
            return row
    return None


def payment_terms_of(payment_code: str, terms: Mapping[str, PaymentTerms]) -> PaymentTerms:
    """What the method of payment brings, by the longest prefix of the shop's code; nothing when there is no row."""
    prefix = longest_prefix(payment_code, terms)
    return terms[prefix] if prefix is not None else PaymentTerms()
