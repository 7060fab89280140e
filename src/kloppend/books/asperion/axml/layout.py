"""The shape of a profile: which keys its TOML has and what kind of value each takes."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

from kloppend.domain.invoice import Treatment, VatCategory


class ProfileError(ValueError):
    """A profile, or an option that chooses or changes one, cannot be used; the text says where and why."""


class Node(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One element or attribute, with its text from a source field, or fixed, or with children. See docs."""

    name: str
    kind: Literal["element", "attribute"] = "element"
    repeat: Literal["", "documents", "lines"] = ""
    when: str = ""
    field: str = ""
    text: str = ""
    format: str = "plain"
    table: str = ""
    empty: Literal["omit", "empty", "fail"] = "omit"
    max_length: int | None = None
    fit: Literal["fail", "cut"] = "fail"
    children: tuple["Node", ...] = ()

    @property
    def attributes(self) -> tuple["Node", ...]:
        """The children that are attributes."""
        return tuple(child for child in self.children if child.kind == "attribute")

    @property
    def elements(self) -> tuple["Node", ...]:
        """The children that are elements."""
        return tuple(child for child in self.children if child.kind == "element")


class VatRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Lines of this category and rate, in invoices of these treatments and dates, belong to this VAT class."""

    vat_class: Literal["hoog", "laag"] = msgspec.field(name="class")
    category: VatCategory
    rate: Decimal
    treatments: tuple[Treatment, ...]
    first_day: date = msgspec.field(name="from")
    last_day: date | None = msgspec.field(name="until", default=None)


class Switches(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Choices that are not about one node. What the meanings are stands in docs/asperion-axml.md."""

    encoding: Literal["UTF-8", "ISO-8859-1", "windows-1252", "US-ASCII"] = "UTF-8"
    declaration: bool = True
    file_name: str = "kloppend-{shop}-{date}-{number}.xml"
    escaping: Literal["ordinary", "quotes", "ascii"] = "quotes"
    negative_lines: Literal["line", "hold"] = "hold"
    rounding_line: Literal["node", "hold"] = "hold"
    voucher_payments: Literal["node", "hold"] = "hold"
    credit_notes: Literal["negative", "hold"] = "hold"
    zero_class_means: Literal["", "icp", "export", "exempt", "kor"] = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole profile. `verified` is for a person to set, who has compared it with an official sample."""

    name: str
    verified: bool
    verified_by: str = ""
    note: str
    namespace: str = ""
    switches: Switches = Switches()
    vat: tuple[VatRow, ...]
    tables: dict[str, dict[str, str]] = {}
    tree: Node
