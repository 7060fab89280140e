"""Whoever lacks the key learns nothing, whatever they send; who has it gets through whatever others do."""

import json
import time
from collections.abc import Iterator
from urllib.parse import urlencode

import httpx
import pytest

from kloppend.shops.opencart import signing
from kloppend.shops.opencart.simulator import RECORDINGS
from tests.extension import tables
from tests.extension.shop import Host, InstalledShop

PING = {"action": "ping"}
HISTORY = {"action": "orders", "mode": "history", "after_id": "0", "limit": "200"}
SQL = [
    "' OR '1'='1",
    "1; DROP TABLE `shop7_order`",
    "1 UNION SELECT 1,2,3,4",
    "\\",
    "\\' OR 1=1 -- ",
    "0' AND SLEEP(5) -- ",
    "\x00'",
    "’ OR 1=1",
    '"',
    "%bf%27",
]


@pytest.fixture(scope="module", params=[RECORDINGS[0], RECORDINGS[-1]], ids=lambda path: path.stem)
def _shop(request: pytest.FixtureRequest, _host: Host | None) -> Iterator[InstalledShop | None]:
    found = _host.shop(tables.recording(request.param)) if _host else None
    yield found
    if found:
        found.close()


@pytest.fixture
def shop(_shop: InstalledShop | None, shops: Host) -> InstalledShop:
    """A shop that all these tests share, with nobody counted yet."""
    assert _shop is not None
    _shop.sql(f"DELETE FROM {_shop.table('kloppend')} WHERE name LIKE 'wrong:%'")
    return _shop


@pytest.fixture
def own_shop(shops: Host) -> Iterator[InstalledShop]:
    """A shop to break."""
    found = shops.shop(tables.recording(RECORDINGS[2]))
    yield found
    found.close()


def is_refused(shop: InstalledShop, query: dict[str, str] | str, status: int = 403) -> bool:
    answer = shop.get(query)
    headers = {name.lower() for name in answer.headers}
    assert "content-encoding" not in headers
    return (answer.status_code, answer.text) == (status, '{"error":"refused"}')


def test_outsiders_all_get_the_same(shop: InstalledShop) -> None:
    right = shop.signed(HISTORY)
    assert is_refused(shop, "")
    assert is_refused(shop, PING)
    assert is_refused(shop, {**right, "signature": ""})
    assert is_refused(shop, {**right, "signature": "0" * 64})
    assert is_refused(shop, {**right, "signature": right["signature"].upper()})
    assert is_refused(shop, {**right, "limit": "199"})
    assert is_refused(shop, {**right, "more": "x"})
    assert is_refused(shop, shop.signed(HISTORY, key="another"))
    assert is_refused(shop, shop.signed(HISTORY, nonce="short"))
    assert is_refused(shop, shop.signed(HISTORY, nonce="G" * 32))


@pytest.mark.parametrize("name", ["action", "signature", "nonce", "timestamp", "extra", "limit"])
@pytest.mark.parametrize("key", ["[]", "[a]", "%5B%5D", "%5Ba%5D"])
def test_arrays_are_refused(shop: InstalledShop, name: str, key: str) -> None:
    right = shop.signed(HISTORY)
    text = urlencode(right)
    assert is_refused(shop, f"{text}&{name}{key}=x")
    assert is_refused(shop, text.replace(f"{name}=", f"{name}{key}=") + f"&z{key}=1")


def test_repeated_and_odd_names_are_refused(shop: InstalledShop) -> None:
    text = urlencode(shop.signed(HISTORY))
    for odd in ("action=ping", "action=orders", "A=1", "a.b=1", "a+b=1", "1a=1", "", "=", "a" * 5000 + "=1"):
        assert is_refused(shop, f"{text}&{odd}")


def test_a_disabled_shop_or_one_without_key_refuses_everybody(shops: Host) -> None:
    for settings in ({"status": "0"}, {"api_key": ""}, {"api_key": "  "}):
        shop = shops.shop(tables.recording(RECORDINGS[1]), **settings)
        for key in (shop.secret, "", " "):
            assert is_refused(shop, shop.signed(PING, key=key))
        shop.close()


def test_wrong_signatures_are_throttled_and_the_right_one_never(shop: InstalledShop) -> None:
    for _ in range(20):
        assert is_refused(shop, PING)
    for _ in range(5):
        assert is_refused(shop, PING, 429)
        assert shop.body(PING)["software"] == "opencart"
    shop.sql(f"UPDATE {shop.table('kloppend')} SET moment = moment - 601 WHERE name LIKE 'wrong:%'")
    assert is_refused(shop, PING)


def test_an_old_request_tells_only_the_time(shop: InstalledShop) -> None:
    now = int(time.time())
    for moved in (-360, 360, -1_000_000):
        body = shop.body({**HISTORY, "timestamp": str(now + moved)})
        assert set(body) == {"error"}
        assert body["error"]["code"] == "CLOCK_DIFFERS"
        assert abs(body["error"]["time"] - now) < 60
    assert "orders" in shop.body({**HISTORY, "timestamp": str(now - 200)})


def test_an_answer_belongs_to_one_request(shop: InstalledShop) -> None:
    sent = shop.signed(PING)
    envelope = shop.get(sent).json()
    expected = signing.sign_envelope(shop.secret, 1, sent["nonce"], envelope["body"])
    assert (envelope["nonce"], envelope["signature"]) == (sent["nonce"], expected)


@pytest.mark.parametrize("text", SQL)
def test_sql_in_every_parameter_stays_a_text(shop: InstalledShop, text: str) -> None:
    before = shop.sql(f"CHECKSUM TABLE {shop.table('order')}")
    asked = [
        *({**HISTORY, name: text} for name in (*HISTORY, "placed_from", "licence", "protocol", "timestamp", "x")),
        {**HISTORY, "mode": "changed", "since": text},
        {"action": "order", "id": text},
        {"action": "inventory", "after_id": text, "limit": "10"},
        {"action": "inventory", "after_id": "0", "limit": "10", "placed_from": text},
    ]
    for params in asked:
        body = shop.body(params)
        error = body.get("error", {}).get("code")
        assert error in (None, "PARAMETER_INVALID", "PROTOCOL_UNKNOWN", "CLOCK_DIFFERS", "ACTION_UNKNOWN"), params
        assert error or params.get("licence") == text or params.get("x") == text
    ours = shop.body({**HISTORY, "vat_field": text})
    assert len(ours["orders"]) >= 15
    assert shop.sql(f"CHECKSUM TABLE {shop.table('order')}") == before


def test_nothing_of_the_shop_is_written(shop: InstalledShop) -> None:
    names = shop.sql("SHOW TABLES").split()
    assert f"{tables.PREFIX}kloppend" in names
    own = {f"{tables.PREFIX}kloppend"}
    all_tables = ", ".join(f"`{name}`" for name in names if name not in own)
    before = shop.sql(f"CHECKSUM TABLE {all_tables}")
    for params in (PING, HISTORY, {"action": "catalogue"}, {"action": "order", "id": "1"}):
        shop.body(params)
    is_refused(shop, PING)
    assert shop.sql(f"CHECKSUM TABLE {all_tables}") == before
    assert set(shop.sql("SHOW TABLES").split()) == set(names)


def test_a_failing_database_says_only_that(own_shop: InstalledShop) -> None:
    shop = own_shop
    shop.sql(f"DROP TABLE {shop.table('tax_rate')}")
    assert shop.body(HISTORY) == {"error": {"code": "DATABASE_FAILED"}}
    shop.sql(f"DROP TABLE {shop.table('kloppend')}")
    assert shop.body(PING) == {"error": {"code": "DATABASE_FAILED"}}
    assert is_refused(shop, PING, 429)


def test_gzip_only_when_asked(shop: InstalledShop) -> None:
    for accepted, packed in (("gzip, deflate", True), ("br;q=1, gzip;q=0.5", True), ("gzip;q=0", False), ("", False)):
        answer = shop.get(shop.signed(HISTORY), **{"Accept-Encoding": accepted})
        assert (answer.headers.get("content-encoding") == "gzip") is packed
        assert "no-store" in answer.headers["cache-control"]
        assert len(json.loads(answer.json()["body"])["orders"]) >= 15


def test_texts_that_are_no_utf8_or_hold_entities(own_shop: InstalledShop) -> None:
    shop = own_shop
    order = shop.table("order")
    shop.sql(
        f"ALTER TABLE {order} MODIFY firstname VARBINARY(64) NOT NULL;"
        f"UPDATE {order} SET firstname = x'4AFF6FC3A9', lastname = '&lt;b&gt; &amp;amp; &#039;&eacute;'"
    )
    found = shop.body({"action": "order", "id": "1"})["order"]
    assert found["firstname"] == "J\ufffdoé"
    assert found["lastname"] == "<b> &amp; 'é"


def test_a_module_placed_on_a_page_shows_nothing(shop: InstalledShop) -> None:
    for query in ("", "&x=kloppend", "&route_=module%2Fkloppend"):
        answer = httpx.get(f"{shop.address}/index.php?route=common%2Fhome{query}", timeout=30)
        assert (answer.status_code, answer.text) == (200, "")
