"""An OpenCart store as a Shop: what the steps ask, in terms of the extension's protocol."""

from collections.abc import Iterator, Sized
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

import msgspec

from kloppend.domain.order import NEVER_CONFIRMED, Order
from kloppend.domain.problems import Problem
from kloppend.outside.http import GuardedClient
from kloppend.shops.opencart import answers, wire
from kloppend.shops.opencart.catalogue import Catalogue, offered
from kloppend.shops.opencart.conversation import Conversation, Patience
from kloppend.shops.opencart.moments import moment, zone_of
from kloppend.shops.opencart.paging import PagesLeft, Position
from kloppend.shops.opencart.translate import Surroundings, inventory_entry, surroundings, translate, unreadable
from kloppend.shops.port import (
    InventoryEntry,
    Named,
    OrderPage,
    ShopAccess,
    ShopCatalogue,
    ShopFault,
    ShopIdentity,
    UnreadableOrder,
)

_FIRST_DAY = date(1970, 1, 2)
"""Orders placed before our time are unreadable in any case."""


@dataclass(frozen=True, slots=True)
class _Page:
    outlines: list[wire.Outline]
    orders: tuple[Order | UnreadableOrder, ...]
    more: bool
    now: str


class OpenCartShop:
    """One OpenCart store with the Kloppend extension; implements `kloppend.shops.port.Shop`."""

    def __init__(self, access: ShopAccess, http: GuardedClient, patience: Patience | None = None) -> None:
        self._conversation = Conversation(access, http, patience or Patience())
        self._http = http
        self._vat_number_field = access.vat_number_field

    def identify(self) -> ShopIdentity:
        """Ask who answers and whether key and licence fit."""
        ping = self._conversation.ask("ping", {}, wire.Ping)
        return ShopIdentity(
            shop_id=ping.shop_id,
            software=ping.software,
            software_version=ping.software_version,
            extension_version=ping.extension_version,
            base_currency=ping.base_currency,
            licence=ping.licence,
            route=self._conversation.route,
            clock_ahead=self._clock_ahead(ping.clock),
            stores=tuple(Named(store.store_id, store.name) for store in ping.stores),
        )

    def changed_orders(self, cursor: str, placed_from: date | None) -> Iterator[OrderPage]:
        """All confirmed orders new or changed since `cursor`, page by page; see the port.

        Orders whose clock time was repeated when summer time ended may be seen only by the completeness check.
        """
        position, pages = Position.resume(cursor), PagesLeft()
        more = True
        while more:
            page = self._page(position, placed_from, pages)
            more = page.more
            try:
                after = position.advance(page.outlines, page.now)
            except ValueError:
                raise self._repeated() from None
            if more and not page.outlines:
                raise self._repeated()
            position = after if more else after.finished(page.now)
            yield OrderPage(orders=page.orders, cursor=position.cursor)

    def order(self, shop_order_id: str) -> Order | UnreadableOrder | None:
        """This one order as it is now; None when the shop does not have it or it was never confirmed."""
        try:
            answer = self._conversation.ask("order", {"id": shop_order_id, **self._vat_field()}, wire.OrderAnswer)
        except ShopFault as fault:
            if fault.problem.code != "SHOP_NOT_UTF8":
                raise
            return unreadable(shop_order_id, "UTF-8")
        if bytes(answer.order) == b"null":
            return None
        found = translate(answer.order, shop_order_id, self._surroundings(answer))
        if isinstance(found, Order) and found.shop_order_id != shop_order_id:
            raise answers.invalid(self._conversation.host, "order_id")
        return None if isinstance(found, Order) and found.status_id == NEVER_CONFIRMED else found

    def inventory(self, placed_from: date | None) -> tuple[InventoryEntry, ...]:
        """Outlines of all orders placed since then."""
        found: list[InventoryEntry] = []
        for answer in self._inventory_pages(placed_from, PagesLeft()):
            zone = self._zone(answer.clock)
            found.extend(inventory_entry(entry, zone) for entry in answer.entries)
        return tuple(found)

    def catalogue(self) -> ShopCatalogue:
        """What there is to choose from."""
        return offered(self._conversation.ask("catalogue", {}, Catalogue), self._conversation.host)

    def close(self) -> None:
        """Let go of connections."""
        self._http.close()

    def _page(self, position: Position, placed_from: date | None, pages: PagesLeft) -> _Page:
        self._take(pages)
        params = {**position.params, "limit": str(wire.ORDERS_PER_PAGE), **self._vat_field()}
        if position.mode == "history":
            params |= _placed(placed_from)
        try:
            answer = self._conversation.ask("orders", params, wire.OrdersAnswer)
        except ShopFault as fault:
            if fault.problem.code != "SHOP_NOT_UTF8":
                raise
            return self._page_one_by_one(position, placed_from, pages)
        self._fits(answer.orders, wire.ORDERS_PER_PAGE, "orders")
        around = self._surroundings(answer)
        outlines = [self._outline(raw, position) for raw in answer.orders]
        orders = tuple(
            translate(raw, outline.order_id, around) for raw, outline in zip(answer.orders, outlines, strict=True)
        )
        return _Page(outlines, orders, answer.more, answer.clock.database)

    def _page_one_by_one(self, position: Position, placed_from: date | None, pages: PagesLeft) -> _Page:
        """The same page when it cannot be read as a whole, so that one broken order does not hold up the others."""
        now = ""
        outlines: list[wire.Outline] = []
        for answer in self._inventory_pages(placed_from if position.mode == "history" else None, pages):
            now = now or answer.clock.database
            confirmed = (entry for entry in answer.entries if entry.order_status_id != NEVER_CONFIRMED)
            outlines.extend(entry for entry in confirmed if position.is_before(entry))
        outlines.sort(key=position.order_key)
        chosen = outlines[: wire.ORDERS_PER_PAGE]
        found = (self.order(outline.order_id) for outline in chosen)
        orders = tuple(order for order in found if order is not None)
        return _Page(chosen, orders, len(outlines) > len(chosen), now)

    def _outline(self, raw: msgspec.Raw, position: Position) -> wire.Outline:
        """What paging needs of an order; the history can do without its date."""
        try:
            return msgspec.json.decode(raw, type=wire.Outline)
        except (msgspec.MsgspecError, RecursionError):
            if position.mode == "changed":
                raise answers.invalid(self._conversation.host, "orders") from None
        numbered = answers.decoded(bytes(raw).decode("utf-8"), wire.Numbered, self._conversation.host)
        return wire.Outline(order_id=numbered.order_id, date_modified="")

    def _inventory_pages(self, placed_from: date | None, pages: PagesLeft) -> Iterator[wire.InventoryAnswer]:
        position, more = Position(), True
        while more:
            self._take(pages)
            params = {"after_id": str(position.after_id), "limit": str(wire.ENTRIES_PER_PAGE), **_placed(placed_from)}
            answer = self._conversation.ask("inventory", params, wire.InventoryAnswer)
            self._fits(answer.entries, wire.ENTRIES_PER_PAGE, "entries")
            self._zone(answer.clock)
            try:
                after = position.advance(answer.entries, answer.clock.database)
            except ValueError:
                raise self._repeated() from None
            more = answer.more
            if more and not answer.entries:
                raise self._repeated()
            position = after
            yield answer

    def _surroundings(self, answer: wire.OrdersAnswer | wire.OrderAnswer) -> Surroundings:
        zone = self._zone(answer.clock)
        try:
            return surroundings(answer, zone, self._vat_number_field)
        except ValueError:
            raise answers.invalid(self._conversation.host, "tax_rates") from None

    def _zone(self, clock: wire.Clock) -> tzinfo:
        try:
            return zone_of(clock)
        except ValueError:
            raise answers.invalid(self._conversation.host, "clock") from None

    def _clock_ahead(self, clock: wire.Clock) -> int:
        try:
            return round((moment(clock.utc, UTC) - datetime.now(UTC)).total_seconds())
        except ValueError:
            raise answers.invalid(self._conversation.host, "clock") from None

    def _vat_field(self) -> dict[str, str]:
        return {"vat_field": self._vat_number_field} if self._vat_number_field else {}

    def _take(self, pages: PagesLeft) -> None:
        try:
            pages.take()
        except ValueError:
            raise self._repeated() from None

    def _fits(self, page: Sized, limit: int, what: str) -> None:
        if len(page) > limit:
            raise answers.invalid(self._conversation.host, what)

    def _repeated(self) -> ShopFault:
        return ShopFault(Problem.of("SHOP_PAGE_REPEATED", address=self._conversation.host))


def _placed(placed_from: date | None) -> dict[str, str]:
    """A day early: the shop compares with its own clock, which may be hours from the merchant's; deciding is exact."""
    return {"placed_from": (max(placed_from, _FIRST_DAY) - timedelta(days=1)).isoformat()} if placed_from else {}
