"""The canonical invoice: what an order means in the books, in whole cents, independent of any bookkeeping package."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from kloppend.domain.order import Address
from kloppend.domain.problems import Problem

Treatment = Literal["domestic", "icp", "oss", "eu_home_rate", "export", "kor", "margin", "exempt"]
VatCategory = Literal["S", "Z", "E", "AE", "K", "G", "O"]
LineKind = Literal["product", "voucher_sale", "shipping", "fee", "discount"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """Why a line is as it is: the rule applied, what went in, and the shop's rows it rests on."""

    rule: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceLine:
    """One line; `unit_price` is without VAT (four decimals for products), the other amounts are whole cents.

    `treatment` is the invoice's, but for goods without VAT (margin, exempt) next to taxed ones.
    """

    kind: LineKind
    description: str
    quantity: int
    unit_price: Decimal
    treatment: Treatment = "domestic"
    vat_category: VatCategory
    vat_rate: Decimal
    net: Decimal
    vat: Decimal
    why: Why

    @property
    def gross(self) -> Decimal:
        """Net plus VAT."""
        return self.net + self.vat


@dataclass(frozen=True, slots=True, kw_only=True)
class VatTotal:
    """Per VAT category and rate: `vat` is what the shop charged, `vat_recalculated` what base x rate would give."""

    category: VatCategory
    rate: Decimal
    base: Decimal
    vat: Decimal
    vat_recalculated: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """What a voucher or store credit paid: positive, lowers the amount due and not the invoice."""

    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class IcpSupply:
    """What the listing of intra-EU supplies (ICP) asks for: the customer's VAT number and the amount without VAT."""

    vat_number: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """An invoice that adds up (guarantees G1-G5 of bookkeeping 5.2); `rounding` carries no VAT.

    `vat_country` is whose VAT was charged: the Netherlands, or under OSS the country of delivery (XI for Northern
    Ireland). `icp` is there for intra-EU supplies only.
    """

    currency: str
    treatment: Treatment
    vat_country: str = "NL"
    lines: tuple[InvoiceLine, ...]
    vat_summary: tuple[VatTotal, ...]
    rounding: Decimal
    payments: tuple[Payment, ...]
    total_ex_vat: Decimal
    total_vat: Decimal
    total_inc_vat: Decimal
    amount_due: Decimal
    icp: IcpSupply | None = None
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """Whom the invoice is for: recognised in the books by e-mail. `name` is the company or else the person.

    `number`: this debtor and no other, as a person said of this customer, or a setting of all without e-mail (then
    `email` is empty). `separate`: another customer than the one whom the books know by this e-mail.
    """

    email: str
    name: str
    contact: str
    address: Address
    vat_number: str | None = None
    number: str = ""
    separate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """Where a line goes in the books, as they name it: VAT code and ledger account."""

    vat_code: str
    ledger_account: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTerms:
    """What goes with a method of payment, as the books name it; empty: the books decide.

    `debtor` is a fixed debtor for all who pay so, instead of one each.
    """

    condition: str = ""
    journal: str = ""
    debtor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited:
    """What a credit note takes back: the order's invoice of this day; `number` counts the order's credit notes."""

    number: int
    invoice_date: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An invoice dressed for the books: dated, addressed, with the order number and the package's payment code.

    `bookings` go with the lines, one each; empty, or None for a line, where the merchant mapped nothing. `credits` is
    there for credit notes only, whose amounts are negative.
    """

    order_number: str
    description: str
    invoice_date: date
    debtor: Debtor
    delivery_address: Address | None
    payment_code: str
    invoice: Invoice
    payment: PaymentTerms = PaymentTerms()
    bookings: tuple[Booking | None, ...] = ()
    credits: Credited | None = None

    def booking(self, line: InvoiceLine) -> Booking | None:
        """Where this line of the invoice goes, by the merchant's mapping."""
        pairs = zip(self.invoice.lines, self.bookings, strict=False)
        return next((booking for each, booking in pairs if each is line), None)
