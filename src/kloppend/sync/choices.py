"""The merchant's choices for one connection, read strictly from the JSON they are stored as."""

from datetime import date, datetime, time
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from kloppend.domain.decide import DecideRules
from kloppend.domain.invoicing import InvoiceSettings

MOST_TOLERANCE = 5


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


class Choices(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Every setting with its default. Raises msgspec.ValidationError for a name or value that does not exist."""

    trigger_statuses: frozenset[str]
    cancel_statuses: frozenset[str] = frozenset()
    start_date: str = ""
    start_order_number: int | None = None
    excluded_stores: frozenset[str] = frozenset()
    excluded_groups: frozenset[str] = frozenset()
    excluded_payment_codes: frozenset[str] = frozenset()
    books_closed_until: str = ""
    closed_period: Literal["hold", "first_open_day"] = "hold"
    invoice_date: Literal["order_date", "trigger_date", "sending_date"] = "order_date"
    time_zone: str = "Europe/Amsterdam"
    file_time: str = "06:00"
    language: Literal["nl", "en"] = "nl"
    payment_codes: dict[str, str] = {}
    total_codes: dict[str, Literal["charge", "discount", "payment", "ignore"]] = {}
    foreign_currency: Literal["refuse", "book_in_base"] = "refuse"
    tolerance_cents: int = 5
    kor: bool = False
    kor_from: str = ""
    kor_until: str = ""
    oss_registered: bool = False
    oss_from: str = ""
    oss_until: str = ""
    zero_vat_classes: dict[str, Literal["margin", "exempt"]] = {}
    unchecked_vat_numbers: Literal["hold", "accept"] = "hold"
    vat_number_field: str = ""
    books_options: dict[str, Any] = {}

    def __post_init__(self) -> None:
        """Refuse what the types cannot: msgspec tells where it stood."""
        ZoneInfo(self.time_zone)
        if time.fromisoformat(self.file_time).tzinfo:
            raise ValueError("file_time is a time of the day, in the connection's own time zone")
        if not 0 <= self.tolerance_cents <= MOST_TOLERANCE:
            raise ValueError(f"tolerance_cents is 0 to {MOST_TOLERANCE}: more would hide a difference")
        if self.start_order_number is not None and self.start_order_number < 1:
            raise ValueError("start_order_number is 1 or more")
        self.decide_rules()
        self.invoice_settings()

    @property
    def first_day(self) -> date | None:
        """The day from which orders are fetched."""
        return _day(self.start_date)

    def midnight(self, at: datetime) -> datetime:
        """When the day of this aware moment began, in the connection's own time zone."""
        return at.astimezone(ZoneInfo(self.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)

    def decide_rules(self) -> DecideRules:
        """The choices that decide when an order becomes an invoice, and of which date."""
        return DecideRules(
            trigger_statuses=self.trigger_statuses,
            cancel_statuses=self.cancel_statuses,
            start_date=_day(self.start_date),
            start_order_number=self.start_order_number,
            excluded_stores=self.excluded_stores,
            excluded_groups=self.excluded_groups,
            excluded_payment_codes=self.excluded_payment_codes,
            books_closed_until=_day(self.books_closed_until),
            closed_period=self.closed_period,
            invoice_date=self.invoice_date,
            time_zone=self.time_zone,
        )

    def invoice_settings(self) -> InvoiceSettings:
        """The choices that decide what an invoice looks like."""
        return InvoiceSettings(
            tolerance_cents=self.tolerance_cents,
            kor=self.kor,
            kor_from=_day(self.kor_from),
            kor_until=_day(self.kor_until),
            oss_registered=self.oss_registered,
            oss_from=_day(self.oss_from),
            oss_until=_day(self.oss_until),
            foreign_currency=self.foreign_currency,
            total_codes=self.total_codes,
            zero_vat_classes=self.zero_vat_classes,
            unchecked_vat_numbers=self.unchecked_vat_numbers,
        )


def choices_of(settings: dict[str, Any]) -> Choices:
    """Read the stored JSON. Raises ValueError that says what is wrong with it."""
    try:
        return msgspec.convert(settings, Choices)
    except ZoneInfoNotFoundError as error:
        raise ValueError(f"time_zone: {error}") from None
