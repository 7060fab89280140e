"""Everything a shop, its server or the way to it can do wrong becomes a fault with a code, and loses no order."""

import logging
import socket
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import pytest

from kloppend.domain.order import Order
from kloppend.outside.http import Answer, GuardedClient, Limits
from kloppend.shops.opencart import OpenCartShop, paging, signing, wire
from kloppend.shops.opencart.answers import opened
from kloppend.shops.opencart.redirects import refused
from kloppend.shops.opencart.simulator import RECORDINGS, Fault, actions
from kloppend.shops.opencart.simulator.throttle import WRONG_SIGNATURES_ALLOWED
from kloppend.shops.port import OrderPage, ShopAccess, ShopFault, UnreadableOrder
from kloppend.shops.registry import open_shop
from tests.shops.contract import fetch
from tests.shops.rig import KEY, LICENCE, LOOPBACK, QUICK, OpenCartRig, opencart_rig


@pytest.fixture
def rig() -> Iterator[OpenCartRig]:
    with opencart_rig(RECORDINGS[2]) as found:
        yield found


def code(ask: Callable[[], object]) -> str:
    """The code of the fault that asking raises; also proves that the key is nowhere in it."""
    with pytest.raises(ShopFault) as caught:
        ask()
    problem = caught.value.problem
    shown = [repr(caught.value), str(problem), *(str(problem.text(language)) for language in ("nl", "en"))]
    assert KEY not in "".join(shown)
    assert "{" not in problem.text("nl").cause
    return problem.code


def everything(pages: Iterator[OrderPage]) -> list[OrderPage]:
    return list(pages)


ANSWERS = [
    (Fault.HTML, "", "SHOP_ANSWER_NOT_JSON"),
    (Fault.PHP_ERROR, "", "SHOP_ANSWER_NOT_JSON"),
    (Fault.TRUNCATED, "", "SHOP_ANSWER_NOT_JSON"),
    (Fault.DEEP_JSON, "", "SHOP_ANSWER_NOT_JSON"),
    (Fault.UNSIGNED, "", "SHOP_ANSWER_UNSIGNED"),
    (Fault.WRONG_SIGNATURE, "", "SHOP_SIGNATURE_WRONG"),
    (Fault.REPLAYED, "", "SHOP_ANSWER_CACHED"),
    (Fault.TOO_NEW, "", "SHOP_PROTOCOL_TOO_NEW"),
    (Fault.EXTENSION_ERROR, "", "SHOP_EXTENSION_ERROR"),
    (Fault.CLOCK_JUMPS, "", "SHOP_CLOCK_DIFFERS"),
    (Fault.ENDLESS, "", "SHOP_ANSWER_TOO_LARGE"),
    (Fault.HUGE, "", "SHOP_ANSWER_TOO_LARGE"),
    (Fault.GZIP_BOMB, "", "SHOP_ANSWER_TOO_LARGE"),
    (Fault.CUT_OFF, "", "SHOP_UNREACHABLE"),
    (Fault.RESET, "", "SHOP_UNREACHABLE"),
    (Fault.STATUS, "503", "SHOP_MAINTENANCE"),
    (Fault.STATUS, "429", "SHOP_BUSY"),
    (Fault.STATUS, "500", "SHOP_SERVER_ERROR"),
    (Fault.STATUS, "404", "SHOP_EXTENSION_NOT_FOUND"),
    (Fault.STATUS, "403", "SHOP_FIREWALL"),
]


@pytest.mark.parametrize(("fault", "value", "expected"), ANSWERS, ids=[f"{f}{v}" for f, v, _ in ANSWERS])
def test_every_bad_answer_has_its_code(rig: OpenCartRig, fault: Fault, value: str, expected: str) -> None:
    rig.store.faults.switch_on(fault, value)
    assert code(rig.shop.identify) == expected
    rig.store.faults.switch_off()
    assert rig.shop.identify().licence == "ok"


@pytest.mark.parametrize("form", ["orders", "order", "inventory"])
def test_a_signed_answer_of_a_wrong_form(rig: OpenCartRig, form: str) -> None:
    asked: dict[str, Callable[[], Any]] = {
        "orders": lambda: fetch(rig.shop),
        "order": lambda: rig.shop.order("1"),
        "inventory": lambda: rig.shop.inventory(None),
    }
    rig.store.faults.switch_on(Fault.WRONG_FORM)
    assert code(asked[form]) == "SHOP_ANSWER_INVALID"


@pytest.mark.parametrize("fault", [Fault.STATUS, Fault.RESET, Fault.CUT_OFF])
def test_passing_trouble_is_tried_again(rig: OpenCartRig, fault: Fault) -> None:
    rig.store.faults.switch_on(fault, "503", times=1)
    assert rig.shop.identify().licence == "ok"


def test_what_was_seen_instead_of_json_is_named_without_its_content(rig: OpenCartRig) -> None:
    seen = {}
    for fault in (Fault.HTML, Fault.PHP_ERROR, Fault.TRUNCATED):
        rig.store.faults.switch_on(fault)
        with pytest.raises(ShopFault) as caught:
            rig.shop.identify()
        rig.store.faults.switch_off()
        seen[fault] = caught.value.problem.detail["seen"]
    assert seen[Fault.HTML] == "HTML"
    assert seen[Fault.PHP_ERROR] == "PHP notice"
    assert seen[Fault.TRUNCATED].startswith("JSON, ")


def test_nobody_listens(rig: OpenCartRig) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        shop = rig.connected(address=f"http://127.0.0.1:{taken.getsockname()[1]}")
        assert code(shop.identify) == "SHOP_UNREACHABLE"
        shop.close()


def test_a_slow_drip_ends_at_the_deadline(rig: OpenCartRig) -> None:
    rig.store.faults.switch_on(Fault.SLOW_DRIP)
    shop = rig.connected(limits=Limits(connect=0.2, read=0.2, total=0.3))
    assert code(shop.identify) == "SHOP_TIMEOUT"
    shop.close()


def test_tls_with_a_server_that_speaks_none(rig: OpenCartRig) -> None:
    shop = rig.connected(address=rig.server.address.replace("http:", "https:"))
    assert code(shop.identify) == "SHOP_TLS_FAILED"
    shop.close()


@pytest.mark.parametrize(
    "address", ["", "www.shop.example", "ftp://shop.example", "https://", "https://a:b@shop.example"]
)
def test_addresses_that_are_none(rig: OpenCartRig, address: str) -> None:
    shop = rig.connected(address=address or " ")
    assert code(shop.identify) == "SHOP_ADDRESS_INVALID"
    shop.close()


def test_a_private_address_is_refused_unless_the_operator_allows_it(rig: OpenCartRig) -> None:
    shop = rig.connected(networks=())
    assert code(shop.identify) == "SHOP_ADDRESS_PRIVATE"
    shop.close()
    assert rig.store.requests.total() == 0


def test_the_address_may_end_in_whatever_the_browser_shows(rig: OpenCartRig) -> None:
    for ending in ("/", "/index.php", "?", "#", "/?", "/#top", "/index.php?route=common/home", "/?a=/index.php#b"):
        shop = rig.connected(address=rig.server.address + ending)
        assert shop.identify().licence == "ok"
        shop.close()


class TestRedirects:
    def test_within_the_same_host_they_are_followed_once(self, rig: OpenCartRig) -> None:
        rig.store.faults.switch_on(Fault.REDIRECT, rig.server.address, times=1)
        assert rig.shop.identify().licence == "ok"

    def test_going_round_in_circles_ends(self, rig: OpenCartRig) -> None:
        rig.store.faults.switch_on(Fault.REDIRECT, rig.server.address)
        assert code(rig.shop.identify) == "SHOP_REDIRECTS_IN_CIRCLES"

    def test_to_https_of_the_same_host_is_followed(self, rig: OpenCartRig) -> None:
        rig.store.faults.switch_on(Fault.REDIRECT, rig.server.address.replace("http:", "https:"), times=1)
        assert code(rig.shop.identify) == "SHOP_TLS_FAILED"  # followed: the simulated server speaks no TLS

    def test_to_an_address_without_our_question_they_are_not(self, rig: OpenCartRig) -> None:
        rig.store.faults.switch_on(Fault.REDIRECT, rig.server.address + "/?", times=1)
        assert code(rig.shop.identify) == "SHOP_REDIRECT_LOSES_QUESTION"

    @pytest.mark.parametrize(
        "target", ["http://192.168.1.1", "http://169.254.169.254", "http://localhost:1", "ftp://127.0.0.1", "http://["]
    )
    def test_to_another_host_or_a_private_network_they_are_not(self, rig: OpenCartRig, target: str) -> None:
        rig.store.faults.switch_on(Fault.REDIRECT, target)
        assert code(rig.shop.identify) == "SHOP_REDIRECTS_ELSEWHERE"


SAME = [
    ("http://shop.example/x", "https://shop.example/x"),
    ("http://shop.example/x", "https://www.shop.example/x"),
    ("https://www.shop.example/x", "https://shop.example/y"),
    ("https://shop.example/x", "https://shop.example:443/y"),
    ("http://shop.example:8080/x", "https://shop.example/x"),
    ("http://shop.example:8080/x", "https://shop.example:8080/x"),
    ("http://shop.example/x?a=%2F&b=", "https://shop.example/y?a=%2F&b=#here"),
]
ELSEWHERE = [
    ("https://shop.example/x", "http://shop.example/x"),
    ("https://shop.example/x", "https://shop.example:8443/x"),
    ("http://shop.example/x", "http://shop.example:22/x"),
    ("http://shop.example/x", "https://shop.example:8443/x"),
    ("http://shop.example/x", "https://shop.example:80/x"),
    ("http://shop.example:8080/x", "https://shop.example:8443/x"),
    ("https://shop.example/x?a=1&b=2", "https://shop.example/y"),
    ("https://shop.example/x?a=1&b=2", "https://shop.example/y?b=2&a=1"),
    ("http://shop.example/x?a=1", "https://shop.example/x?a=1&b=2"),
    ("https://shop.example/x?a=%2F", "https://shop.example/x?a=%252F"),
    ("https://shop.example/x", "https://shop.example.evil.example/x"),
    ("https://shop.example/x", "https://login.shop.example/x"),
    ("https://shop.example/x", "https://a:b@shop.example/x"),
    ("https://shop.example/x", "ftp://shop.example/x"),
]


@pytest.mark.parametrize(("before", "after", "same"), [(*p, True) for p in SAME] + [(*p, False) for p in ELSEWHERE])
def test_which_redirects_are_the_same_shop(before: str, after: str, same: bool) -> None:
    assert (refused("shop.example", httpx.URL(before), httpx.URL(after), 1) is None) is same


class TestKeyAndClock:
    def test_a_wrong_key(self, rig: OpenCartRig) -> None:
        shop = rig.reconnected(secret="another")
        assert code(shop.identify) == "SHOP_KEY_REFUSED"
        shop.close()

    def test_a_request_with_an_array_is_refused_whatever_its_signature(self, rig: OpenCartRig) -> None:
        sent = {"action": "ping", "protocol": "1", "timestamp": str(rig.store.now()), "nonce": "0" * 32}
        for params, status in ((sent, 200), ({**sent, "a[]": "x"}, 403), ({**sent, "a[b]": "x"}, 403)):
            signature = signing.sign_request(KEY, params)
            assert rig.store.respond({**params, "signature": signature}, "192.0.2.1").status == status

    def test_wrong_keys_are_slowed_down_but_the_right_one_never_waits(self, rig: OpenCartRig) -> None:
        shop = rig.reconnected(secret="another")
        for _ in range(WRONG_SIGNATURES_ALLOWED + 5):
            assert code(shop.identify) == "SHOP_KEY_REFUSED"
        shop.close()
        assert rig.shop.identify().licence == "ok"

    @pytest.mark.parametrize("seconds", [-90_000, -301, 400, 90_000])
    def test_a_shop_whose_clock_differs_is_asked_once_more_by_its_own_clock(
        self, rig: OpenCartRig, seconds: int
    ) -> None:
        rig.store.clock_offset = seconds
        rig.shop.identify()
        assert rig.store.requests["ping"] == 2
        rig.shop.identify()
        assert rig.store.requests["ping"] == 3

    def test_the_key_is_in_no_log(self, rig: OpenCartRig, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        rig.store.faults.switch_on(Fault.STATUS, "500", times=1)
        rig.shop.identify()
        shop = rig.reconnected(secret="another-secret")
        code(shop.identify)
        shop.close()
        assert caplog.text
        assert KEY not in caplog.text
        assert "another-secret" not in caplog.text


class TestPages:
    def test_a_page_twice_keeps_what_came_before(self, rig: OpenCartRig, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wire, "ORDERS_PER_PAGE", 5)
        pages = rig.shop.changed_orders("", None)
        first = next(pages)
        rig.store.faults.switch_on(Fault.PAGE_TWICE)
        assert code(lambda: everything(pages)) == "SHOP_PAGE_REPEATED"
        rig.store.faults.switch_off()
        rest = fetch(rig.shop, first.cursor).ids
        assert {order.shop_order_id for order in first.orders} | set(rest) == rig.confirmed_ids()

    def test_a_page_with_more_than_was_asked(self, rig: OpenCartRig, monkeypatch: pytest.MonkeyPatch) -> None:
        def generous(found: Sequence[Any], params: Any, *, most: int) -> tuple[Sequence[Any], bool]:
            return found[: int(params["limit"]) + 1], False

        monkeypatch.setattr(actions, "_page", generous)
        for name, ask in (("ORDERS", lambda: fetch(rig.shop)), ("ENTRIES", lambda: rig.shop.inventory(None))):
            monkeypatch.setattr(wire, f"{name}_PER_PAGE", 5)
            assert code(ask) == "SHOP_ANSWER_INVALID"

    def test_an_empty_page_with_more_to_come(self, rig: OpenCartRig, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(actions, "_page", lambda found, params, most: ([], True))
        assert code(lambda: fetch(rig.shop)) == "SHOP_PAGE_REPEATED"
        assert code(lambda: rig.shop.inventory(None)) == "SHOP_PAGE_REPEATED"

    def test_a_walk_ends_though_there_is_always_more(self, rig: OpenCartRig, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wire, "ORDERS_PER_PAGE", 2)
        monkeypatch.setattr(wire, "ENTRIES_PER_PAGE", 2)
        monkeypatch.setattr(paging, "PAGES_PER_WALK", 3)
        pages = rig.shop.changed_orders("", None)
        fetched = [next(pages) for _ in range(3)]
        assert code(lambda: next(pages)) == "SHOP_PAGE_REPEATED"
        assert rig.store.requests["orders"] == 3
        assert next(rig.shop.changed_orders(fetched[-1].cursor, None)).orders[0] not in fetched[-1].orders
        assert code(lambda: rig.shop.inventory(None)) == "SHOP_PAGE_REPEATED"
        assert rig.store.requests["inventory"] == 3

    def test_an_inventory_page_twice(self, rig: OpenCartRig, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(wire, "ENTRIES_PER_PAGE", 5)
        rig.store.faults.switch_on(Fault.PAGE_TWICE)
        assert code(lambda: rig.shop.inventory(None)) == "SHOP_PAGE_REPEATED"

    @pytest.mark.parametrize("pages_of", [3, 200])
    def test_bytes_that_are_no_text_spoil_only_their_order(
        self, rig: OpenCartRig, monkeypatch: pytest.MonkeyPatch, pages_of: int
    ) -> None:
        monkeypatch.setattr(wire, "ORDERS_PER_PAGE", pages_of)
        monkeypatch.setattr(wire, "ENTRIES_PER_PAGE", 7)
        rig.store.faults.switch_on(Fault.INVALID_UTF8, "5")
        history = fetch(rig.shop)
        assert set(history.ids) == rig.confirmed_ids()
        assert bad_orders(history.pages) == {"5": "SHOP_ORDER_UNREADABLE"}
        rig.change_status("5")
        rig.change_status("6")
        changed = fetch(rig.shop, history.cursor)
        assert {"5", "6"} <= set(changed.ids)
        assert bad_orders(changed.pages) == {"5": "SHOP_ORDER_UNREADABLE"}

    @pytest.mark.parametrize(
        ("fault", "expected"),
        [
            (Fault.BAD_AMOUNT, "SHOP_AMOUNT_INVALID"),
            (Fault.MISSING_FIELD, "SHOP_ORDER_UNREADABLE"),
        ],
    )
    def test_one_bad_order_does_not_hold_up_the_others(self, rig: OpenCartRig, fault: Fault, expected: str) -> None:
        rig.store.faults.switch_on(fault, "3")
        history = fetch(rig.shop)
        assert set(history.ids) == rig.confirmed_ids()
        assert bad_orders(history.pages) == {"3": expected}
        single = rig.shop.order("3")
        assert isinstance(single, UnreadableOrder)
        assert single.problem.code == expected

    def test_an_order_without_lines_stays_readable(self, rig: OpenCartRig) -> None:
        rig.store.faults.switch_on(Fault.NO_LINES, "3")
        found = rig.shop.order("3")
        assert isinstance(found, Order)
        assert found.products == ()

    @pytest.mark.parametrize(
        ("column", "value", "expected"),
        [
            ("date_added", "0000-00-00 00:00:00", "SHOP_ORDER_UNREADABLE"),
            ("total", "1e5", "SHOP_AMOUNT_INVALID"),
            ("total", "1234567890123.0000", "SHOP_AMOUNT_INVALID"),
            ("currency_value", "", "SHOP_AMOUNT_INVALID"),
            ("currency_code", "euro", "SHOP_ORDER_UNREADABLE"),
            ("store_id", "00", "SHOP_ORDER_UNREADABLE"),
        ],
    )
    def test_rows_that_make_no_sense(self, rig: OpenCartRig, column: str, value: str, expected: str) -> None:
        rig.store.change_order("4", **{column: value})
        assert bad_orders(fetch(rig.shop).pages) == {"4": expected}

    def test_an_inventory_total_that_is_too_large_is_unknown(self, rig: OpenCartRig) -> None:
        rig.store.change_order("4", total="1234567890123.0000")
        totals = {entry.shop_order_id: entry.total for entry in rig.shop.inventory(None)}
        assert [shop_order_id for shop_order_id, total in totals.items() if total is None] == ["4"]

    def test_nul_characters_are_left_out_and_nothing_else(self, rig: OpenCartRig) -> None:
        rig.store.change_order("4", lastname="a\0b\\u0000\\\0c", currency_code="EU\0R", total="1\0.0000")
        found = rig.shop.order("4")
        assert isinstance(found, Order)
        assert found.customer.last_name == "ab\\u0000\\c"
        assert (found.currency, str(found.total)) == ("EUR", "1.0000")

    def test_nul_characters_in_the_words_of_the_shop_itself(
        self, rig: OpenCartRig, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said = rig.store._ping({})
        monkeypatch.setattr(rig.store, "_ping", lambda params: {**said, "software_version": "3.0\0.5.1"})
        assert rig.shop.identify().software_version == "3.0.5.1"

    @pytest.mark.parametrize("currency", ["eur", "", "EURO", "€"])
    def test_a_base_currency_that_is_none(
        self, rig: OpenCartRig, monkeypatch: pytest.MonkeyPatch, currency: str
    ) -> None:
        monkeypatch.setattr(rig.store, "_base_currency", lambda: currency)
        asked: list[Callable[[], object]] = [rig.shop.identify, lambda: fetch(rig.shop), lambda: rig.shop.order("4")]
        for ask in asked:
            assert code(ask) == "SHOP_ANSWER_INVALID"

    def test_a_zero_change_date_means_never(self, rig: OpenCartRig) -> None:
        rig.store.change_order("4", date_modified="0000-00-00 00:00:00")
        found = rig.shop.order("4")
        assert isinstance(found, Order)
        assert found.modified_at.year == 1970
        entries = {entry.shop_order_id: entry for entry in rig.shop.inventory(None)}
        assert entries["4"].modified_at == found.modified_at
        assert set(fetch(rig.shop).ids) == rig.confirmed_ids()


def bad_orders(pages: tuple[OrderPage, ...]) -> dict[str, str]:
    return {o.shop_order_id: o.problem.code for page in pages for o in page.orders if isinstance(o, UnreadableOrder)}


def test_secrets_are_in_no_repr(rig: OpenCartRig) -> None:
    assert KEY not in repr(rig.shop) + repr(vars(rig.shop)["_conversation"])


def test_an_answer_that_is_no_text_at_all() -> None:
    answer = Answer(status=200, headers={}, body=b'{"protocol":1,"body":"\xff"}', url="http://shop.example/")
    assert code(lambda: opened(answer, key=KEY, nonce="n", address="shop.example")) == "SHOP_NOT_UTF8"


def test_a_name_nobody_knows() -> None:
    def unknown(host: str) -> Sequence[str]:
        raise socket.gaierror(-2, host)

    access = ShopAccess(address="https://shop.example", api_key=KEY)
    shop = OpenCartShop(access, GuardedClient(by=unknown), QUICK)
    assert code(shop.identify) == "SHOP_NAME_UNKNOWN"
    shop.close()


def test_the_registry_opens_a_guarded_shop(rig: OpenCartRig) -> None:
    access = ShopAccess(address=rig.server.address, api_key=KEY, licence_key=LICENCE)
    for networks, works in ((LOOPBACK, True), ((), False)):
        shop = open_shop("opencart", access, allowed_networks=networks)
        if works:
            assert shop.identify().licence == "ok"
        else:
            assert code(shop.identify) == "SHOP_ADDRESS_PRIVATE"
        shop.close()
    with pytest.raises(KeyError):
        open_shop("another", access, allowed_networks=())
