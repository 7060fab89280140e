"""What a merchant may choose about invoicing; the order itself decides everything else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

RowMeaning = Literal["charge", "discount", "payment", "ignore"]
ForeignCurrency = Literal["refuse", "book_in_base"]
ZeroVatReason = Literal["margin", "exempt"]
UncheckedNumbers = Literal["hold", "accept"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSettings:
    """Choices per connection.

    `tolerance_cents`: the largest rounding amount that is booked (bookkeeping 5.5). `kor`: the shop falls under the
    small businesses scheme; `oss_registered`: sales to consumers elsewhere in the EU bear the VAT of their country.
    Both hold from and to the days given, or without end; which day counts is the invoice date.
    `foreign_currency`: whether an order paid in another currency is refused or booked in euros. `total_codes`: what
    the rows of extensions mean, by row code. `zero_vat_classes`: why products of a tax class of the shop bear no VAT,
    by class id. `unchecked_vat_numbers`: whether an intra-EU supply is held or accepted while its VAT number was not
    checked.
    """

    tolerance_cents: int = 5
    kor: bool = False
    kor_from: date | None = None
    kor_until: date | None = None
    oss_registered: bool = False
    oss_from: date | None = None
    oss_until: date | None = None
    foreign_currency: ForeignCurrency = "refuse"
    total_codes: Mapping[str, RowMeaning] = field(default_factory=dict)
    zero_vat_classes: Mapping[str, ZeroVatReason] = field(default_factory=dict)
    unchecked_vat_numbers: UncheckedNumbers = "hold"

    def kor_on(self, day: date) -> bool:
        """Whether the small businesses scheme holds on this day."""
        return self.kor and _within(day, self.kor_from, self.kor_until)

    def oss_on(self, day: date) -> bool:
        """Whether consumers elsewhere in the EU pay the VAT of their country on this day."""
        return self.oss_registered and _within(day, self.oss_from, self.oss_until)


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)
