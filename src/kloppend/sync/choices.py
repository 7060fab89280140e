"""The merchant's choices for one connection, read strictly from the JSON they are stored as."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from kloppend.domain.decide import DecideRules
from kloppend.domain.document import Guests
from kloppend.domain.invoice import LineKind, PaymentTerms, Treatment, VatCategory
from kloppend.domain.invoicing import InvoiceSettings
from kloppend.domain.invoicing.vat_number import is_vat_number, normalise
from kloppend.domain.mapping import VatRow, contradiction

MOST_TOLERANCE = 5
MOST_VAT_CHECK_DAYS = 31


def _day(setting: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"{setting} is a date like 2026-11-24, not {text!r:.40}") from None


def _time(setting: str, text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{setting} is a time like 06:00, not {text!r:.40}") from None


class VatCodeChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A row of the VAT mapping as stored; see domain.mapping.VatRow."""

    treatment: Treatment
    rate: Decimal
    country: str = ""
    category: VatCategory | Literal[""] = ""
    kinds: tuple[LineKind, ...] = ()
    vat_code: str
    ledger_account: str = ""
    first_day: str = msgspec.field(name="from", default="")
    last_day: str = msgspec.field(name="until", default="")

    def row(self) -> VatRow:
        """The same for the domain. Raises ValueError for a day that is none, and for OSS without a country."""
        if self.treatment == "oss" and not self.country:
            raise ValueError("vat_codes: a row for OSS names the country")
        days = {
            "first_day": _day("vat_codes: from", self.first_day) or date.min,
            "last_day": _day("vat_codes: until", self.last_day),
        }
        plain = msgspec.structs.asdict(self)
        return VatRow(**{**plain, **days})


class PaymentTermsChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What goes with a payment method as stored; see domain.invoice.PaymentTerms."""

    condition: str = ""
    journal: str = ""
    debtor: str = ""


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
    payment_terms: dict[str, PaymentTermsChoice] = {}
    vat_codes: tuple[VatCodeChoice, ...] = ()
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
    vies: Literal["on", "off"] = "on"
    own_vat_number: str = ""
    vat_check_days: int = 7
    unchecked_vat_numbers: Literal["hold", "accept"] = "hold"
    vat_number_field: str = ""
    guest_debtor: str = ""
    not_customers: tuple[str, ...] = ()
    credit_on_cancel: Literal["propose", "automatic"] = "propose"
    attach_pdf: Literal["no", "copy", "plain"] = "no"  # plain: without the words that it is a copy, no invoice
    books_options: dict[str, Any] = {}
    books_before: dict[str, Any] = {}
    """Administration and options of the channels that the connection had before, by their kind."""

    def __post_init__(self) -> None:
        """Refuse what the types cannot: msgspec tells where it stood."""
        ZoneInfo(self.time_zone)
        if _time("file_time", self.file_time).tzinfo:
            raise ValueError("file_time is a time of the day, in the connection's own time zone")
        if not 0 <= self.tolerance_cents <= MOST_TOLERANCE:
            raise ValueError(f"tolerance_cents is 0 to {MOST_TOLERANCE}: more would hide a difference")
        if self.start_order_number is not None and self.start_order_number < 1:
            raise ValueError("start_order_number is 1 or more")
        if self.own_vat_number and not is_vat_number(normalise(self.own_vat_number)):
            raise ValueError("own_vat_number is your own VAT number with its country code, as NL000099998B57, or empty")
        if not 0 <= self.vat_check_days <= MOST_VAT_CHECK_DAYS:
            raise ValueError(
                f"vat_check_days is 0 to {MOST_VAT_CHECK_DAYS}: a number must be valid when goods are sent"
            )
        for pattern in self.not_customers:
            if not pattern.replace("*", "").strip("@. "):
                raise ValueError(f"not_customers: {pattern!r:.40} would be every address")
        if wrong := contradiction(self.vat_rows()):
            rate = f"{wrong.rate.normalize():f}%"
            raise ValueError(f"vat_codes: two rows for {wrong.treatment} {rate} {wrong.country} from the same day")
        self.decide_rules()
        self.invoice_settings()

    @property
    def first_day(self) -> date | None:
        """The day from which orders are fetched."""
        return _day("start_date", self.start_date)

    def vat_rows(self) -> tuple[VatRow, ...]:
        """The VAT mapping; rows without a code are left open and map nothing."""
        return tuple(row.row() for row in self.vat_codes if row.vat_code)

    def terms_of_payments(self) -> dict[str, PaymentTerms]:
        """What goes with the shop's payment codes (prefixes)."""
        return {code: PaymentTerms(**msgspec.structs.asdict(terms)) for code, terms in self.payment_terms.items()}

    def guests(self) -> Guests:
        """What becomes of orders without an e-mail address of the customer's own."""
        return Guests(debtor=self.guest_debtor.strip(), not_customers=self.not_customers)

    def midnight(self, at: datetime) -> datetime:
        """When the day of this aware moment began, in the connection's own time zone."""
        return at.astimezone(ZoneInfo(self.time_zone)).replace(hour=0, minute=0, second=0, microsecond=0)

    def decide_rules(self) -> DecideRules:
        """The choices that decide when an order becomes an invoice, and of which date."""
        return DecideRules(
            trigger_statuses=self.trigger_statuses,
            cancel_statuses=self.cancel_statuses,
            start_date=_day("start_date", self.start_date),
            start_order_number=self.start_order_number,
            excluded_stores=self.excluded_stores,
            excluded_groups=self.excluded_groups,
            excluded_payment_codes=self.excluded_payment_codes,
            books_closed_until=_day("books_closed_until", self.books_closed_until),
            closed_period=self.closed_period,
            invoice_date=self.invoice_date,
            time_zone=self.time_zone,
        )

    def invoice_settings(self) -> InvoiceSettings:
        """The choices that decide what an invoice looks like."""
        return InvoiceSettings(
            tolerance_cents=self.tolerance_cents,
            kor=self.kor,
            kor_from=_day("kor_from", self.kor_from),
            kor_until=_day("kor_until", self.kor_until),
            oss_registered=self.oss_registered,
            oss_from=_day("oss_from", self.oss_from),
            oss_until=_day("oss_until", self.oss_until),
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
