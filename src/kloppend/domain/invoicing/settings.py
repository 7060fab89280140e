"""What a merchant may choose about invoicing; the order itself decides everything else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

RowMeaning = Literal["charge", "discount", "payment", "ignore"]
ForeignCurrency = Literal["refuse", "book_in_base"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceSettings:
    """Choices per connection.

    `tolerance_cents`: the largest rounding amount that is booked (bookkeeping 5.5). `kor`: the shop falls under the
    small businesses scheme. `oss_registered`: sales to consumers elsewhere in the EU bear the VAT of their country.
    `foreign_currency`: whether an order paid in another currency is refused or booked in euros. `total_codes`: what
    the rows of extensions mean, by row code.
    """

    tolerance_cents: int = 5
    kor: bool = False
    oss_registered: bool = False
    foreign_currency: ForeignCurrency = "refuse"
    total_codes: Mapping[str, RowMeaning] = field(default_factory=dict)
