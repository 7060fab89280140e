"""What the checks look at: the draft, and what the shop said, asked once and then remembered."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec
from django.conf import settings

from kloppend.books.access import MemoryTokenStore
from kloppend.books.port import ApiBooks, Books, Choice, FileBooks, MasterData
from kloppend.books.registry import API_BOOKS, open_books
from kloppend.connecting.draft import Draft
from kloppend.connecting.results import TrialOrder
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem
from kloppend.records.models import Connection, vouched_layouts
from kloppend.shops.port import InventoryEntry, Shop, ShopAccess, ShopCatalogue, ShopFault, ShopIdentity
from kloppend.shops.registry import SHOPS, open_shop
from kloppend.sync.books_access import api_books_of, books_settings
from kloppend.sync.choices import Choices, choices_of

Part = TypeVar("Part")

_NO_ANSWER = frozenset(
    {
        *("SHOP_ADDRESS_INVALID", "SHOP_ADDRESS_PRIVATE", "SHOP_NAME_UNKNOWN", "SHOP_UNREACHABLE", "SHOP_TIMEOUT"),
        *("SHOP_TLS_FAILED", "SHOP_REDIRECTS_ELSEWHERE", "SHOP_MAINTENANCE", "SHOP_SERVER_ERROR", "SHOP_BUSY"),
        *("SHOP_REDIRECT_LOSES_QUESTION", "SHOP_REDIRECTS_IN_CIRCLES", "SHOP_BEHIND_PASSWORD", "SHOP_FIREWALL"),
    }
)
_WRONG_KEY = frozenset({"SHOP_KEY_REFUSED", "SHOP_SIGNATURE_WRONG"})


@dataclass(slots=True, kw_only=True)
class Trial:
    """One round of checks at the moment `at`. What is None could not be had; `fault` says why for the shop."""

    draft: Draft
    at: datetime
    connection: Connection | None
    shop: Shop
    choices: Choices | None = None
    books: Books | None = None
    settings_problem: Problem | None = None
    identity: ShopIdentity | None = None
    catalogue: ShopCatalogue | None = None
    fault: Problem | None = None
    inventory_fault: Problem | None = None
    detail: dict[str, str] = field(default_factory=dict)
    orders: tuple[TrialOrder, ...] = ()
    documents: tuple[Document, ...] = ()  # of the orders that could be booked
    administrations: tuple[Choice, ...] = ()
    offered: MasterData | None = None

    @property
    def channel(self) -> str:
        """Whether this is about books that answer (`api`) or that take files (`files`)."""
        return "api" if self.draft.books_kind in API_BOOKS else "files"

    @property
    def api(self) -> ApiBooks | None:
        """The books, when they are ones that answer."""
        return self.books if isinstance(self.books, ApiBooks) else None

    @property
    def files(self) -> FileBooks | None:
        """The books, when they take files."""
        return None if isinstance(self.books, ApiBooks) else self.books

    @property
    def answered(self) -> bool:
        """Whether anything answered at the address."""
        return self.fault is None or self.fault.code not in _NO_ANSWER

    @property
    def extension_found(self) -> bool:
        """Whether it was our extension."""
        return self.answered and (self.fault is None or self.identity is not None or self.fault.code in _WRONG_KEY)

    def inventory_since_start(self) -> tuple[InventoryEntry, ...]:
        """Outlines of the orders from the start on; none, and a fault, when the shop cannot give them."""
        try:
            return self.shop.inventory(self.choices.first_day if self.choices else self.today)
        except ShopFault as fault:
            self.inventory_fault = fault.problem
            return ()

    @property
    def today(self) -> date:
        """The day in the merchant's zone."""
        return self.at.astimezone(ZoneInfo(self.choices.time_zone if self.choices else "Europe/Amsterdam")).date()


def given(part: Part | None) -> Part:
    """A part of the trial that a check needs and therefore has."""
    assert part is not None  # noqa: S101 - `needs` in checks.py
    return part


@dataclass(frozen=True, slots=True)
class Offer:
    """What a shop offers to choose from."""

    identity: ShopIdentity
    catalogue: ShopCatalogue


def names_of(catalogue: ShopCatalogue) -> dict[str, dict[str, str]]:
    """What the shop calls what its orders have codes for: to be kept, as pages cannot ask the shop each time."""
    return {
        "statuses": {one.key: one.name for one in catalogue.statuses},
        "payment_methods": {one.code: one.name for one in catalogue.payment_methods if one.name},
    }


def ask_shop(draft: Draft) -> Offer:
    """Ask the shop who it is and what there is to choose from. Raises ShopFault."""
    with shop_at(draft.shop_kind, draft.access) as shop:
        return Offer(shop.identify(), shop.catalogue())


@contextmanager
def open_trial(draft: Draft, at: datetime, connection: Connection | None) -> Iterator[Trial]:
    """Read the settings and ask the shop; whatever fails stands in the trial."""
    with shop_at(draft.shop_kind, draft.access) as shop:
        trial = Trial(draft=draft, at=at, connection=connection, shop=shop)
        _read_settings(trial)
        try:
            trial.identity = shop.identify()
            trial.catalogue = shop.catalogue()
        except ShopFault as fault:
            trial.fault = fault.problem
        yield trial


@contextmanager
def shop_at(kind: str, access: ShopAccess) -> Iterator[Shop]:
    """A shop that is not connected yet; closed afterwards."""
    known = kind if kind in SHOPS else next(iter(SHOPS))
    shop = open_shop(known, access, allowed_networks=settings.KLOPPEND_ALLOWED_NETWORKS)
    try:
        yield shop
    finally:
        shop.close()


def _read_settings(trial: Trial) -> None:
    draft = trial.draft
    try:
        if draft.shop_kind not in SHOPS:
            raise ValueError(f"shop_kind: {draft.shop_kind!r}; known are {', '.join(sorted(SHOPS))}")
        if b"\\u0000" in msgspec.json.encode(draft):
            raise ValueError("a character that cannot be stored")
        trial.choices = choices_of(draft.settings)
        trial.books = _open_books(trial, trial.choices)
    except ValueError as error:
        trial.settings_problem = Problem.of("SETTINGS_INVALID", what=error)


def _open_books(trial: Trial, choices: Choices) -> Books:
    """Books that answer are opened with the access that the connection has, also while it has other books."""
    draft = trial.draft
    if draft.books_kind not in API_BOOKS:
        vouched = vouched_layouts(trial.connection) if trial.connection else frozenset[str]()
        settings = books_settings(draft.books_kind, draft.administration, choices.books_options, vouched)
        return open_books(draft.books_kind, settings)
    of = trial.connection or Connection()
    store = None if trial.connection else MemoryTokenStore()
    return api_books_of(of, draft.books_kind, draft.administration, choices.books_options, store)
