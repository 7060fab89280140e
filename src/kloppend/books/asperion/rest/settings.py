"""What a merchant chooses for the REST channel, and what nobody outside Asperion knows: settings with safe defaults."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Literal

import msgspec

from kloppend.books.port import BooksSettings, Named
from kloppend.domain import mapping
from kloppend.domain.invoice import LineKind, Treatment, VatCategory


class VatRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lines like this are booked with this VAT code on this ledger account. Empty `country`, `kinds`: any.

    Rows of the package's own; the merchant's mapping (`vat_codes`) comes first.
    """

    treatment: Treatment
    category: VatCategory
    rate: Decimal
    country: str = ""
    kinds: tuple[LineKind, ...] = ()
    vat_code: str
    ledger_account: int
    first_day: date = msgspec.field(name="from", default=date(2012, 10, 1))
    last_day: date | None = msgspec.field(name="until", default=None)

    def row(self) -> mapping.VatRow:
        """The same as the mapping of the house has it."""
        plain = msgspec.structs.asdict(self)
        return mapping.VatRow(**{**plain, "ledger_account": str(self.ledger_account)})


class RoundingAccount(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a rounding amount goes; it carries no VAT."""

    vat_code: str
    ledger_account: int


class RestSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`administration` is the tenant id, empty until one was chosen.

    What nothing public tells, and so may need changing: scope, pkce, period, lines_as, the filters and page sizes.
    """

    administration: str
    api: str = "https://api.asperion.nl"
    identity: str = "https://identity.asperion.nl"
    scope: str = "offline_access"
    pkce: bool = True
    language: Literal["nl-NL", "en-US"] = "nl-NL"

    journal: str = ""
    payment_conditions: dict[str, int] = {}
    vat: tuple[VatRow, ...] = ()
    rounding: RoundingAccount | None = None
    voucher_payments: Literal["hold", "invoice_in_full"] = "hold"
    credit_notes: Literal["hold", "negative_invoice"] = "hold"

    debtor_kind: str = ""
    fixed_debtors: dict[str, str] = {}

    period: Literal["omit", "of_the_date"] = "omit"
    lines_as: Literal["envelope", "list"] = "envelope"
    email_filter: str = "EmailAddress"
    number_filter: str = "CustomerNumber"
    description_filter: str = "description"
    page_size: int = 100
    most_pages: int = 100
    largest_wait: float = 30.0

    def __post_init__(self) -> None:
        """Refuse what the types cannot."""
        for name in ("api", "identity"):
            if not getattr(self, name).startswith(("https://", "http://127.0.0.1:")):
                raise ValueError(f"{name}: must begin with https://")
        if self.administration and not (self.administration.isascii() and self.administration.isdigit()):
            raise ValueError("administration: is a number, or empty while none was chosen")
        if not (0 < self.page_size <= 1000 and 0 < self.most_pages <= 10_000):
            raise ValueError("page_size is 1 to 1000 and most_pages 1 to 10000")


def named(settings: RestSettings) -> Iterator[Named]:
    """What these settings name of the administration's master data."""
    if settings.journal:
        yield Named("journals", settings.journal)
    rows: list[VatRow | RoundingAccount] = [*settings.vat, *([settings.rounding] if settings.rounding else [])]
    for row in rows:
        yield Named("vat_codes", row.vat_code)
        yield Named("ledger_accounts", str(row.ledger_account))
    for condition in settings.payment_conditions.values():
        yield Named("payment_conditions", str(condition))


def rest_settings(settings: BooksSettings) -> RestSettings:
    """Read the merchant's options strictly. Raises ValueError that says what is wrong."""
    options: Mapping[str, Any] = settings.options
    try:
        return msgspec.convert({**options, "administration": settings.administration}, RestSettings)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
