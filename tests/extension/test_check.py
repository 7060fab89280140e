"""Test connection: what the shop asks the platform, what it believes of the answer, and what the page says."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from kloppend.domain.licence import licence_mark
from kloppend.shops.opencart import signing
from kloppend.shops.opencart.simulator import RECORDINGS
from tests.extension import tables
from tests.extension.shop import Host, InstalledShop, host
from tests.plugins.tools import MariaDb
from tests.shops.rig import KEY, LICENCE

Params = dict[str, str]
KNOWN: dict[str, Any] = {
    "platform": "Kloppend",
    "version": "1.2.3",
    "licence": "known",
    "key": "fits",
    "connection": "De <b>Proef</b>",
    "last_fetch": {"at": "2026-11-23 10:00:00 UTC", "orders": 12},
}


class Platform:
    """A platform that answers as the test wants."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.asked: list[tuple[str, Params]] = []
        self.answer: Callable[[Params], tuple[int, bytes]] = lambda params: signed(params, KNOWN)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                outer.asked.append((parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))))
                status, body = outer.answer(outer.asked[-1][1])
                self.send_response(status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}/base"


def signed(params: Params, body: dict[str, Any], *, key: str = KEY, nonce: str = "") -> tuple[int, bytes]:
    text = json.dumps(body)
    nonce = nonce or params["nonce"]
    signature = signing.sign_envelope(key, 1, nonce, text) if key else ""
    return 200, json.dumps({"protocol": 1, "nonce": nonce, "body": text, "signature": signature}).encode()


@pytest.fixture
def platform() -> Iterator[Platform]:
    found = Platform()
    thread = threading.Thread(target=found.server.serve_forever, args=(0.02,))
    thread.start()
    yield found
    found.server.shutdown()
    found.server.server_close()
    thread.join()


@pytest.fixture(params=[RECORDINGS[0], RECORDINGS[-1]], ids=lambda path: path.stem)
def shop(request: pytest.FixtureRequest, shops: Host, platform: Platform) -> Iterator[InstalledShop]:
    found = shops.shop(tables.recording(request.param), platform_url=platform.address)
    yield found
    found.close()


def said(shop: InstalledShop) -> str:
    return unescape(shop.admin("check=1").text)


def test_the_question_is_signed_and_holds_no_secret(shop: InstalledShop, platform: Platform) -> None:
    shop.admin("check=1")
    path, params = platform.asked[0]
    assert path == "/base/extension/check"
    assert params["signature"] == signing.sign_request(KEY, params)
    assert abs(int(params["timestamp"]) - time.time()) < 60
    assert params["licence"] == licence_mark(LICENCE)
    assert params["shop"] == f"{shop.address}/"
    assert params["shop_id"] == shop.shop.identify().shop_id
    assert (params["action"], params["protocol"], params["software"]) == ("check", "1", "opencart")
    assert params["software_version"] == shop.version
    assert KEY not in str(params)
    assert LICENCE not in str(params)


def test_the_question_cannot_be_put_to_the_shop(shop: InstalledShop, platform: Platform) -> None:
    shop.admin("check=1")
    answer = shop.get(platform.asked[0][1])
    assert json.loads(answer.json()["body"]) == {"error": {"code": "ACTION_UNKNOWN"}}


def test_all_is_well(shop: InstalledShop, platform: Platform) -> None:
    address = f"{platform.address}/connections/7"
    platform.answer = lambda params: signed(params, {**KNOWN, "dashboard": address})
    page = shop.admin("check=1").text
    assert "The connection works. Kloppend 1.2.3 knows this shop as" in page
    assert "De &lt;b&gt;Proef&lt;/b&gt;" in page
    assert "The licence is valid." in page
    assert "2026-11-23 10:00:00 UTC, 12 orders" in page
    assert f'href="{address}"' in shop.admin().text


@pytest.mark.parametrize("address", ["https://evil.example/x", "javascript:alert(1)", 'http://127.0.0.1/"onx="', 5])
def test_a_dashboard_elsewhere_is_not_linked(shop: InstalledShop, platform: Platform, address: object) -> None:
    platform.answer = lambda params: signed(params, {**KNOWN, "dashboard": address})
    assert "The connection works" in said(shop)
    page = shop.admin().text
    assert f'href="{platform.address}"' in page
    assert str(address) not in page.replace("5", "") or address == 5


def test_a_key_that_does_not_fit(shop: InstalledShop, platform: Platform) -> None:
    platform.answer = lambda params: signed(params, {"key": "differs", "licence": "unknown", "dashboard": "x"}, key="")
    page = said(shop)
    assert "knows no connection with this API key" in page
    assert "does not know this licence key" in page


def test_answers_that_prove_nothing(shop: InstalledShop, platform: Platform) -> None:
    for answer, expected in (
        (lambda params: signed(params, KNOWN, key="another"), "could not be verified"),
        (lambda params: signed(params, KNOWN, nonce="0" * 32), "something answered that is not the platform"),
        (lambda params: (200, b"<html>hello</html>"), "something answered that is not the platform"),
        (lambda params: (200, b'{"body":[]}'), "something answered that is not the platform"),
        (lambda params: (200, b"x" * 100_000), "something answered that is not the platform"),
        (lambda params: (500, b""), "error 500"),
        (lambda params: (302, b""), "error 302"),
        (lambda params: signed(params, {"error": {"code": "CLOCK_DIFFERS", "time": 1}}), "clocks"),
    ):
        platform.answer = answer
        page = said(shop)
        assert expected in page
        assert "The connection works" not in page


def test_a_redirect_to_the_platforms_other_address_is_told(shop: InstalledShop, platform: Platform) -> None:
    platform.answer = lambda params: (301, b"")
    platform.headers = {"Location": "https://www.127.0.0.1:8443/x?y=1"}
    assert "redirects to another one: https://www.127.0.0.1:8443. Enter that" in said(shop)
    for elsewhere in ("https://evil.example/", "/login", "javascript:alert(1)", 'https://127.0.0.1"onx="'):
        platform.headers = {"Location": elsewhere}
        page = said(shop)
        assert "error 301" in page
        assert elsewhere not in page or elsewhere == "/login"


def test_a_certificate_that_this_server_does_not_trust(shop: InstalledShop, certificate: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.handle_request)
    thread.start()
    address = f"https://127.0.0.1:{server.server_address[1]}"
    shop.sql(f"UPDATE {shop.table('setting')} SET value = '{address}' WHERE `key` LIKE '%platform_url'")
    assert "secure connection with the platform fails" in said(shop)
    thread.join()
    server.server_close()


def test_a_host_that_forbids_curl(php: str, mariadb: MariaDb, tmp_path: Path, platform: Platform) -> None:
    options = ("-d", "disable_functions=curl_exec", "-d", "allow_url_fopen=0")
    with host(php, mariadb, tmp_path, *options) as served:
        shop = served.shop(tables.recording(RECORDINGS[0]), platform_url=platform.address)
        assert "PHP lacks cURL, or your host has switched it off" in said(shop)
        shop.close()
    assert platform.asked == []


def test_a_host_that_locks_php_in(php: str, mariadb: MariaDb, tmp_path: Path, platform: Platform) -> None:
    folders = f"{tmp_path}:{Path(__file__).parent}"
    with host(php, mariadb, tmp_path, "-d", f"open_basedir={folders}", "-d", "allow_url_fopen=0") as served:
        shop = served.shop(tables.recording(RECORDINGS[0]), platform_url=platform.address)
        assert "The connection works" in said(shop)
        assert shop.shop.identify().licence == "ok"
        shop.close()


def test_an_expired_licence(shop: InstalledShop, platform: Platform) -> None:
    platform.answer = lambda params: signed(params, {**KNOWN, "licence": "expired", "last_fetch": None})
    assert "The licence has expired" in said(shop)


def test_nobody_there(shop: InstalledShop, platform: Platform) -> None:
    shop.sql(f"UPDATE {shop.table('setting')} SET value = 'http://127.0.0.1:9' WHERE `key` LIKE '%platform_url'")
    assert "cannot be reached" in said(shop)
    shop.sql(f"UPDATE {shop.table('setting')} SET value = 'http://no.invalid' WHERE `key` LIKE '%platform_url'")
    assert "cannot be found (cURL error 6)" in said(shop)
    shop.sql(f"UPDATE {shop.table('setting')} SET value = 'file:///etc/passwd' WHERE `key` LIKE '%platform_url'")
    assert "must begin with https://" in said(shop)


def test_only_who_may_change_settings_may_ask(shop: InstalledShop, platform: Platform) -> None:
    assert "You have no permission" in unescape(shop.admin("check=1&unpermitted=1").text)
    assert platform.asked == []
