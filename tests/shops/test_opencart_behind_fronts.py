"""Between platform and shop stand caches, firewalls and redirects: orders come through, or the cause is named."""

from collections.abc import Callable, Iterator

import pytest

from kloppend.domain.problems import Problem
from kloppend.shops.opencart import OpenCartShop
from kloppend.shops.opencart.simulator import RECORDINGS
from kloppend.shops.port import ShopFault
from tests.shops.contract import fetch
from tests.shops.front import Ask, Front, Treatment, around, cache_by, front_of, html, packed, sent_on
from tests.shops.rig import OpenCartRig, opencart_rig

NOTICE = b"\xef\xbb\xbf\n<br />\n<b>Warning</b>:  Undefined array key {x} in <b>x.php</b> on line <b>9</b><br />\n"


@pytest.fixture
def rig() -> Iterator[OpenCartRig]:
    with opencart_rig(RECORDINGS[2]) as found:
        yield found


@pytest.fixture
def front(rig: OpenCartRig) -> Iterator[Front]:
    with front_of(rig.server.address) as found:
        yield found


@pytest.fixture
def shop(rig: OpenCartRig, front: Front) -> Iterator[OpenCartShop]:
    found = rig.connected(address=front.address)
    yield found
    found.close()


def problem(ask: Callable[[], object]) -> Problem:
    with pytest.raises(ShopFault) as caught:
        ask()
    return caught.value.problem


@pytest.mark.parametrize(
    "treat",
    [
        around(NOTICE),
        around(b"", b"\n<!-- page made in 0.3 s -->"),
        around(b" \n\n", NOTICE.replace(b"{x}", b"x")),
        packed(1, "gzip"),
        packed(2, "gzip"),
        packed(2, "gzip, gzip"),
        packed(1, ""),
        cache_by(lambda path: path, says_so=True),
        sent_on(lambda path: path.replace("/index.php?", "/?"), only=lambda path: "index.php" in path),
        sent_on(lambda path: f"/nl{path}", only=lambda path: not path.startswith("/nl/")),
    ],
    ids=["notice", "after", "both", "gzip", "gzip twice", "gzip, gzip", "gzip unsaid", "cache", "no index.php", "/nl/"],
)
def test_orders_come_through(rig: OpenCartRig, front: Front, shop: OpenCartShop, treat: Treatment) -> None:
    def shop_below(ask: Ask) -> Ask:
        return lambda path: ask(path.replace("/nl/", "/").replace("/?", "/index.php?"))

    front.treat = lambda path, ask: treat(path, shop_below(ask))
    assert shop.identify().licence == "ok"
    assert set(fetch(shop).ids) == rig.confirmed_ids()


@pytest.mark.parametrize("says_so", [True, False])
def test_a_cache_that_does_not_mind_the_question(front: Front, shop: OpenCartShop, says_so: bool) -> None:
    front.treat = cache_by(lambda path: path.partition("&timestamp=")[0], says_so=says_so)
    assert shop.identify().licence == "ok"
    assert problem(shop.identify).code == "SHOP_ANSWER_CACHED"


def test_a_cache_that_keeps_what_is_not_there(front: Front, shop: OpenCartShop) -> None:
    kept = html(404, "Not found", Age="3")
    front.treat = kept
    assert problem(shop.identify).code == "SHOP_ANSWER_CACHED"
    front.treat = html(404, "Not found", Age="0", X_Cache="MISS")
    assert problem(shop.identify).code == "SHOP_EXTENSION_NOT_FOUND"


@pytest.mark.parametrize(
    ("treat", "code"),
    [
        (html(403, "Forbidden"), "SHOP_FIREWALL"),
        (html(406, "Not Acceptable"), "SHOP_FIREWALL"),
        (html(414, "Request-URI Too Long"), "SHOP_FIREWALL"),
        (html(503, "Just a moment..."), "SHOP_FIREWALL"),
        (html(503, "x", cf_mitigated="challenge"), "SHOP_FIREWALL"),
        (html(200, "Access denied"), "SHOP_FIREWALL"),
        (html(401, "Unauthorized"), "SHOP_BEHIND_PASSWORD"),
        (html(503, "Maintenance"), "SHOP_MAINTENANCE"),
        (html(522, "Connection timed out"), "SHOP_SERVER_ERROR"),
        (
            html(200, "Locks: access denied to thieves"),
            "SHOP_ANSWER_NOT_JSON",
        ),
        (sent_on(lambda path: "/"), "SHOP_REDIRECT_LOSES_QUESTION"),
        (sent_on(lambda path: f"{path}&utm=x"), "SHOP_REDIRECT_LOSES_QUESTION"),
        (sent_on(lambda path: path), "SHOP_REDIRECTS_IN_CIRCLES"),
        (sent_on(lambda path: f"https://elders.example{path}"), "SHOP_REDIRECTS_ELSEWHERE"),
    ],
)
def test_what_stands_in_between_is_named(front: Front, shop: OpenCartShop, treat: Treatment, code: str) -> None:
    front.treat = treat
    found = problem(shop.identify)
    assert found.code == code
    assert "{" not in found.text("nl").cause + found.text("nl").fix


def test_a_look_at_the_browser_now_and_then_is_waited_out(front: Front, shop: OpenCartShop) -> None:
    pages = iter([html(403, "Just a moment...", cf_mitigated="challenge")] * 3)
    front.treat = lambda path, ask: next(pages, lambda path, ask: ask(path))(path, ask)
    assert shop.identify().licence == "ok"


def test_where_a_redirect_leads_is_said_with_its_scheme(front: Front, shop: OpenCartShop) -> None:
    front.treat = sent_on(lambda path: f"https://elders.example:8443{path}")
    assert problem(shop.identify).detail["target"] == "https://elders.example:8443"
