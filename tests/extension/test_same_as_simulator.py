"""The extension's answers from a database equal the simulator's from the same rows, field by field, in every version."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kloppend.shops.opencart.simulator import RECORDINGS, SimulatedStore
from tests.extension import tables
from tests.extension.shop import Host, InstalledShop
from tests.shops.rig import KEY, LICENCE

Pair = tuple[InstalledShop, SimulatedStore]
HISTORY = {"action": "orders", "mode": "history", "after_id": "0", "limit": "200"}


@pytest.fixture(scope="module", params=RECORDINGS, ids=lambda path: path.stem)
def pair(request: pytest.FixtureRequest, _host: Host | None) -> Iterator[Pair]:
    if _host is None:
        pytest.skip("php or mariadb is not installed here")
    path: Path = request.param
    rows = tables.recording(path)
    shop = _host.shop(rows)
    found = tables.tables(rows, {})
    reference = rows["reference"] | {name: found[name] for name in ("country", "product")}
    yield shop, SimulatedStore(rows | {"reference": reference}, KEY, LICENCE)
    shop.close()


def both(pair: Pair, params: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    shop, store = pair
    reply = store.respond(shop.signed(params), "127.0.0.1")
    return shop.body(params), json.loads(json.loads(reply.body)["body"])


def by(rows: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: tuple(str(row[name]) for name in names))


@pytest.mark.parametrize("vat_field", ["", "custom_field:2"])
def test_orders(pair: Pair, vat_field: str) -> None:
    ours, theirs = both(pair, {**HISTORY, "vat_field": vat_field})
    assert len(ours["orders"]) >= 15
    for one, other in zip(ours["orders"], theirs["orders"], strict=True):
        assert one == other
    assert ours["more"] is theirs["more"] is False
    assert ours["base_currency"] == theirs["base_currency"]
    assert by(ours["tax_rates"], "name") == by(theirs["tax_rates"], "name")
