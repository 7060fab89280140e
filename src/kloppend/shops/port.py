"""What the steps ask of a shop. An adapter is a folder beside this file plus one line in the registry."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Protocol

from kloppend.domain.order import Order
from kloppend.domain.problems import Problem


class ShopFault(Exception):  # noqa: N818 - a fault of the shop or of the way to it
    """The conversation with the shop failed; nothing was lost, `problem` says what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.code}: {problem.text('en').cause}")
        self.problem = problem


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopAccess:
    """What is needed to speak to one shop. `api_key` is a secret: it never appears in a repr, log or message."""

    address: str
    api_key: str
    licence_key: str = ""
    route: str = ""
    vat_number_field: str = ""

    def __repr__(self) -> str:
        return f"ShopAccess({self.address!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopIdentity:
    """Who answers: `shop_id` is the shop's own random name, the same under every address; `route` worked."""

    shop_id: str
    software: str
    software_version: str
    extension_version: str
    base_currency: str
    licence: str
    route: str
    clock_ahead: int = 0
    """Seconds the shop's clock is ahead of ours; negative: behind."""
    stores: tuple["Named", ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """Something a merchant can choose: the shop's own `key` for it, and the name people know it by."""

    key: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentMethod:
    """A way to pay: `installed` now, and on how many confirmed orders it was `seen`."""

    code: str
    name: str
    installed: bool
    seen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedRate:
    """A percentage the shop charges; `countries` ISO codes, none when it holds everywhere."""

    name: str
    percentage: Decimal
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopCatalogue:
    """What a merchant chooses settings from. `hints` are filled in at the shop's side, empty or one of what is offered:
    `trigger_status` and `vat_number_field`.
    """

    statuses: tuple[Named, ...]
    payment_methods: tuple[PaymentMethod, ...]
    customer_groups: tuple[Named, ...]
    custom_fields: tuple[Named, ...]
    currencies: tuple[str, ...]
    tax_rates: tuple[OfferedRate, ...]
    tax_classes: tuple[Named, ...] = ()
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableOrder:
    """An order the shop sent in a form we cannot trust; the others of the page are fine."""

    shop_order_id: str
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """Some orders and the `cursor` to go on from once they are stored. The cursor is the adapter's own text."""

    orders: tuple[Order | UnreadableOrder, ...]
    cursor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryEntry:
    """An order's outline for the completeness check; orders never confirmed (status 0) are listed too.

    None stands for what cannot be read: the order itself then says what is wrong with it.
    """

    shop_order_id: str
    modified_at: datetime | None
    status_id: str
    total: Decimal | None


class Shop(Protocol):
    """One shop. Every method may raise ShopFault and nothing else."""

    def identify(self) -> ShopIdentity:
        """Ask who answers and whether key and licence fit."""
        ...

    def catalogue(self) -> ShopCatalogue:
        """What there is to choose from: statuses, payment methods, groups, fields, currencies, tax rates."""
        ...

    def changed_orders(self, cursor: str, placed_from: date | None) -> Iterator[OrderPage]:
        """All confirmed orders new or changed since `cursor` (empty: the whole history), page by page.

        `placed_from` bounds the history by the day the order was placed; some of the day before may come too. Pages
        overlap with what was fetched before; each page's cursor is later than the one before, and resuming from it
        misses nothing.
        """
        ...

    def order(self, shop_order_id: str) -> Order | UnreadableOrder | None:
        """This one order as it is now; None when the shop does not have it or it was never confirmed."""
        ...

    def inventory(self, placed_from: date | None) -> tuple[InventoryEntry, ...]:
        """Outlines of all orders placed since then."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...
