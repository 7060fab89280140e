"""Whatever comes back, signed or not, every method of the shop ends in its result or in a ShopFault."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kloppend.outside.http import Answer, GuardedClient
from kloppend.shops.opencart import OpenCartShop, signing
from kloppend.shops.opencart.conversation import Patience
from kloppend.shops.port import ShopAccess, ShopFault

KEY = "any key"
NAMES = st.sampled_from(
    [
        "orders",
        "order",
        "entries",
        "more",
        "clock",
        "database",
        "utc",
        "php",
        "zone",
        "error",
        "code",
        "time",
        "order_id",
        "date_modified",
        "order_status_id",
        "total",
        "base_currency",
        "tax_rates",
        "shop_id",
        "licence",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=6),
    max_leaves=12,
)
CLOCK = {
    "database": "2026-11-23 09:00:00",
    "utc": "2026-11-23 09:00:00",
    "php": "2026-11-23T09:00:00+00:00",
    "zone": None,
}


class Echo(GuardedClient):
    """Answers without a network: what `make` gives for the request's nonce."""

    def __init__(self, make: Callable[[str], tuple[int, bytes]]) -> None:
        self._make = make

    def get(self, url: str, params: Mapping[str, str] | None = None) -> Answer:
        status, body = self._make((params or {}).get("nonce", ""))
        return Answer(status=status, headers={}, body=body, url=url)

    def close(self) -> None:
        """There is nothing to close."""


def signed(body: str) -> Callable[[str], tuple[int, bytes]]:
    def make(nonce: str) -> tuple[int, bytes]:
        signature = signing.sign_envelope(KEY, 1, nonce, body)
        return 200, msgspec.json.encode({"protocol": 1, "nonce": nonce, "body": body, "signature": signature})

    return make


def try_everything(make: Callable[[str], tuple[int, bytes]]) -> None:
    shop = OpenCartShop(ShopAccess(address="https://shop.example", api_key=KEY), Echo(make), Patience(attempts=1))
    asked: list[Callable[[], Any]] = [
        shop.identify,
        shop.catalogue,
        lambda: list(shop.changed_orders("", None)),
        lambda: list(shop.changed_orders("changed:0:2026-01-01 00:00:00", None)),
        lambda: shop.order("1"),
        lambda: shop.inventory(None),
    ]
    for ask in asked:
        with suppress(ShopFault):
            ask()


@settings(max_examples=150, deadline=None)
@given(JSON)
def test_any_signed_body(body: Any) -> None:
    try_everything(signed(msgspec.json.encode(body).decode()))


@settings(max_examples=150, deadline=None)
@given(st.lists(JSON, max_size=3), JSON)
def test_any_orders_in_a_good_answer(several: list[Any], one: Any) -> None:
    around = {"clock": CLOCK, "base_currency": "EUR", "tax_rates": [], "more": False}
    try_everything(
        signed(msgspec.json.encode({**around, "orders": several, "entries": several, "order": one}).decode())
    )


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([200, 301, 401, 403, 404, 429, 500, 503]), st.binary(max_size=60) | st.text().map(str.encode))
def test_any_unsigned_answer(status: int, body: bytes) -> None:
    try_everything(lambda nonce: (status, body))


@pytest.mark.parametrize("time", ["9" * 400, "-5", "1e300", '"now"', "null"])
def test_any_time_with_a_differing_clock(time: str) -> None:
    try_everything(signed('{"error":{"code":"CLOCK_DIFFERS","time":' + time + "}}"))
