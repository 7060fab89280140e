"""Hosts and other extensions that print, buffer and pack around the answer: the platform can still read it."""

import gzip
import json
from pathlib import Path

import pytest

from kloppend.shops.opencart.simulator import RECORDINGS
from tests.extension import tables
from tests.extension.shop import InstalledShop, host
from tests.plugins.tools import MariaDb
from tests.shops.contract import fetch
from tests.shops.front import around, front_of, packed

HISTORY = {"action": "orders", "mode": "history", "after_id": "0", "limit": "200"}
PRINTS = "\ufeff\n <br /><b>Warning</b>: other extension<br />\n"


def check(shop: InstalledShop) -> None:
    """Packed or not, every order comes through."""
    for accepted in ("gzip", "identity"):
        answer = shop.get(shop.signed(HISTORY), **{"Accept-Encoding": accepted})
        text = answer.text[answer.text.index('{"protocol"') :]
        assert len(json.loads(json.JSONDecoder().raw_decode(text)[0]["body"])["orders"]) >= 15
    assert set(fetch(shop.shop).ids) == shop.confirmed_ids()
    assert shop.get("action=ping").text.endswith('{"error":"refused"}')


@pytest.mark.parametrize(
    ("code", "options"),
    [
        ("", ("zlib.output_compression=1", "output_buffering=4096")),
        (PRINTS, ("output_buffering=4096",)),
        (PRINTS, ("output_buffering=0",)),
        (PRINTS, ("output_buffering=0", "zlib.output_compression=1")),
        ("<?php ob_start('ob_gzhandler'); ob_start(); echo 'x'; ?>" + PRINTS, ()),
        ("<?php echo 'x'; flush(); ?>", ("output_buffering=0",)),
        ("<?php header('Content-Length: 7'); header('ETag: x'); header('Cache-Control: max-age=900'); ?>", ()),
        ("<?php ob_start(function ($text) { return $text; }, 0, 0); echo 'x'; ?>", ("output_buffering=0",)),
        ("<?php register_shutdown_function(function () { echo '<!-- made in 0.1 s -->'; }); ?>", ()),
    ],
    ids=[
        "packs",
        "buffers",
        "prints",
        "prints packed",
        "gzhandler",
        "flushes",
        "headers",
        "stuck buffer",
        "last words",
    ],
)
def test_orders_come_through(php: str, mariadb: MariaDb, tmp_path: Path, code: str, options: tuple[str, ...]) -> None:
    before = tmp_path / "before.php"
    before.write_text(code, encoding="utf-8")
    settings = ["display_errors=1", *options]
    with host(
        php, mariadb, tmp_path, *(part for setting in settings for part in ("-d", setting)), before=before
    ) as served:
        shop = served.shop(tables.recording(RECORDINGS[0]))
        check(shop)
        shop.close()


def test_behind_a_front_that_packs_again_or_prints(php: str, mariadb: MariaDb, tmp_path: Path) -> None:
    with host(php, mariadb, tmp_path) as served, front_of(served.address) as front:
        shop = served.shop(tables.recording(RECORDINGS[0]))
        for treat in (packed(1, "gzip"), packed(1, "gzip, gzip"), packed(0, ""), around(PRINTS.encode())):
            front.treat = treat
            connected = shop.connected(address=shop.address.replace(served.address, front.address))
            assert set(fetch(connected).ids) == shop.confirmed_ids()
            connected.close()
        shop.close()


def test_the_answer_forbids_to_keep_and_to_change_it(php: str, mariadb: MariaDb, tmp_path: Path) -> None:
    with host(php, mariadb, tmp_path) as served:
        shop = served.shop(tables.recording(RECORDINGS[0]))
        answer = shop.get(shop.signed(HISTORY), **{"Accept-Encoding": "gzip"})
        assert set(answer.headers["cache-control"].split(", ")) == {"no-store", "private", "no-transform"}
        assert answer.headers["content-encoding"] == "gzip"
        assert not gzip.compress(b"").startswith(answer.content[:2])
        shop.close()
