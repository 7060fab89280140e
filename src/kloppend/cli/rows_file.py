"""Reads the rows of a shop, recorded from its database, into orders: the way they take when they are really fetched."""

from typing import Any

import msgspec

from kloppend.cli.case_file import Case, UnreadableCase, read_settings
from kloppend.shops.opencart import wire
from kloppend.shops.opencart.moments import zone_of
from kloppend.shops.opencart.simulator.actions import tax_rates
from kloppend.shops.opencart.simulator.mapping import wire_order
from kloppend.shops.opencart.simulator.store import SimulatedStore
from kloppend.shops.opencart.translate import Surroundings, surroundings, translate
from kloppend.shops.port import UnreadableOrder

_Row = dict[str, str | None]
NO_VIES = {"unchecked_vat_numbers": "accept"}
"""Rows say nothing of VIES. Here every number counts as good, with a warning; real orders wait for the check."""


class _Store(msgspec.Struct):
    default_currency: str = "EUR"


class _Meta(msgspec.Struct):
    opencart_version: str
    store: _Store = msgspec.field(default_factory=_Store)


class _Record(msgspec.Struct):
    order: _Row
    order_product: list[_Row] = []
    order_option: list[_Row] | None = None
    order_total: list[_Row] = []
    order_voucher: list[_Row] | None = None
    order_history: list[_Row] | None = None
    coupon_history: list[_Row] | None = None


class _File(msgspec.Struct):
    meta: _Meta
    orders: list[_Record]
    reference: dict[str, list[_Row]] = {}
    config: dict[str, Any] = {}


def read_rows(content: dict[str, Any]) -> list[tuple[str, Case | UnreadableCase]]:
    """Each order's number with what was read. Raises ValueError when the content is of another form."""
    file = msgspec.convert(content, _File)
    settings = read_settings({**NO_VIES, **file.config})
    around = _surroundings(content, file)
    found: list[tuple[str, Case | UnreadableCase]] = []
    for number, record in enumerate(content["orders"], start=1):
        name = str(record["order"].get("order_id") or f"order {number}")
        numbered = {**record, "order": {"order_id": name, **record["order"]}}
        order = translate(msgspec.json.encode(wire_order(numbered, file.reference, "")), name, around)
        if isinstance(order, UnreadableOrder):
            found.append((name, UnreadableCase(order.problem.detail.get("what") or order.problem.detail["field"])))
        else:
            found.append((name, Case(order, settings)))
    return found


def _surroundings(content: dict[str, Any], file: _File) -> Surroundings:
    clock = msgspec.convert(SimulatedStore(content, "").clock(), wire.Clock)
    rates = msgspec.convert(tax_rates(file.reference), list[wire.TaxRate])
    around = wire.OrderAnswer(
        order=msgspec.Raw(b"null"), clock=clock, base_currency=file.meta.store.default_currency, tax_rates=rates
    )
    return surroundings(around, zone_of(clock), "")
