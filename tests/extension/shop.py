"""A shop for the tests: the built extension on real PHP and MariaDB, in a played OpenCart, with the real client."""

import itertools
import json
import os
import secrets
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import httpx
import pytest

from kloppend.domain.licence import licence_mark
from kloppend.outside.http import GuardedClient
from kloppend.shops.opencart import OpenCartShop, signing
from kloppend.shops.opencart.extension.build import GENERATIONS, contents
from kloppend.shops.opencart.routes import route_of, version_numbers
from kloppend.shops.port import ShopAccess
from tests.extension import tables
from tests.plugins.tools import MariaDb
from tests.shops.rig import KEY, LICENCE, LOOPBACK, QUICK, SHORT

HERE = Path(__file__).parent
_NUMBERS = itertools.count(1)


def generation_of(version: str) -> str:
    """The shell that this OpenCart version takes."""
    numbers = version_numbers(version)
    starts = {"oc4": (4,), "oc30": (3,), "oc23": (2, 3), "oc20": (2,), "oc15": (1,)}
    return next(name for name, start in starts.items() if numbers >= start)


class Host:
    """A web server with PHP and a database; every shop is a folder of its address and a database of its own."""

    def __init__(self, address: str, mariadb: MariaDb, php_version: int) -> None:
        self.address = address
        self.mariadb = mariadb
        self.php_version = php_version

    def shop(self, rows: Mapping[str, Any], **settings: str) -> "InstalledShop":
        """A new shop with these recorded rows. Settings are ours, without their prefix."""
        version = str(rows["meta"]["opencart_version"])
        if version_numbers(version) >= (4,) and self.php_version < 80000:
            pytest.skip("OpenCart 4 needs PHP 8")
        prefix = "module_kloppend_" if version_numbers(version) >= (3,) else "kloppend_"
        own = {"status": "1", "api_key": KEY, "licence_key": LICENCE, "package": "asperion"} | settings
        known = {prefix + name: value for name, value in own.items()}
        known |= {"front_version": version, "front_generation": generation_of(version)}
        database = f"shop_{os.getpid()}_{next(_NUMBERS)}"
        run_sql(self.mariadb, tables.sql(database, tables.tables(rows, known), version))
        shop = InstalledShop(self, database, rows, prefix)
        shop.admin("method=install")
        return shop


class InstalledShop:
    """One shop; implements tests.shops.contract.Rig."""

    def __init__(self, host: Host, database: str, rows: Mapping[str, Any], prefix: str) -> None:
        self.host = host
        self.database = database
        self.rows = rows
        self.prefix = prefix
        self.version = str(rows["meta"]["opencart_version"])
        self.route = route_of(self.version)
        self.address = f"{host.address}/{database}"
        self.secret = KEY
        self.shop = self.connected()

    def connected(
        self, *, secret: str = KEY, licence: str = LICENCE, vat_number_field: str = "", address: str = ""
    ) -> OpenCartShop:
        """The real client, connected to this shop."""
        access = ShopAccess(
            address=address or self.address,
            api_key=secret,
            licence_key=licence,
            route="",
            vat_number_field=vat_number_field,
        )
        return OpenCartShop(access, GuardedClient(allowed_networks=LOOPBACK, limits=SHORT), QUICK)

    def reconnected(self, *, secret: str) -> OpenCartShop:
        return self.connected(secret=secret)

    def signed(self, params: Mapping[str, str], *, key: str = KEY, **changes: str) -> dict[str, str]:
        """A whole query, signed. `changes` are applied before signing."""
        sent = {
            "protocol": "1",
            "timestamp": str(int(time.time())),
            "nonce": secrets.token_hex(16),
            "licence": licence_mark(LICENCE),
            **params,
            **changes,
        }
        return {**sent, "signature": signing.sign_request(key, sent)}

    def get(self, query: Mapping[str, str] | str, **headers: str) -> httpx.Response:
        """Whatever is asked, signed or not."""
        text = query if isinstance(query, str) else urlencode(query)
        url = f"{self.address}/index.php?{urlencode({'route': self.route})}&{text}"
        return httpx.get(url, headers=headers, timeout=60)

    def body(self, params: Mapping[str, str]) -> dict[str, Any]:
        """The body of the signed answer to this question."""
        answer = self.get(self.signed(params))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = json.loads(answer.json()["body"])
        return found

    def admin(self, query: str = "", form: Mapping[str, str] | None = None) -> httpx.Response:
        """The settings page, read or sent."""
        token = "user_token" if self.prefix.startswith("module_") else "token"
        url = f"{self.address}/admin/index.php?route={self.route}&{token}=admitted&{query}"
        answer = httpx.get(url, timeout=30) if form is None else httpx.post(url, data=form, timeout=30)
        assert answer.status_code in (200, 302), answer.text
        return answer

    def sql(self, statements: str) -> str:
        """Run SQL in the shop's database, in the zone in which this version writes its rows."""
        zone = "+00:00"
        if version_numbers(self.version) >= (3, 0, 3, 7):
            zone = datetime.now(ZoneInfo("Europe/Amsterdam")).strftime("%z")
            zone = f"{zone[:3]}:{zone[3:]}"
        return run_sql(
            self.host.mariadb, f"USE `{self.database}`; SET time_zone = '{zone}', sql_mode='';\n{statements}"
        )

    def table(self, name: str) -> str:
        return f"`{tables.PREFIX}{name}`"

    def all_ids(self) -> set[str]:
        return set(self.sql(f"SELECT order_id FROM {self.table('order')}").split())

    def confirmed_ids(self) -> set[str]:
        return set(self.sql(f"SELECT order_id FROM {self.table('order')} WHERE order_status_id > 0").split())

    def new_order(self) -> str:
        """The first recorded order once more, placed now."""
        newest = max(int(order_id) for order_id in self.all_ids()) + 1
        record = self.rows["orders"][0]
        statements = []
        for name in ("order", "order_product", "order_total", "order_history"):
            rows = record[name] if name != "order" else [record["order"]]
            fresh = [{**row, "order_id": str(newest)} for row in rows]
            key = f"{name}_id"
            fresh = fresh if name == "order" else [{k: v for k, v in row.items() if k != key} for row in fresh]
            statements.append(tables.insert(name, fresh))
        now = f"UPDATE {self.table('order')} SET date_added = NOW(), date_modified = NOW() WHERE order_id = {newest}"
        self.sql(";\n".join([*statements, now]))
        return str(newest)

    def change_status(self, shop_order_id: str) -> str:
        order = f"UPDATE {self.table('order')} SET order_status_id = 7, date_modified = NOW()"
        self.sql(
            f"{order} WHERE order_id = {shop_order_id};"
            f"INSERT INTO {self.table('order_history')} SET order_id = {shop_order_id}, order_status_id = 7,"
            " notify = 0, comment = '', date_added = NOW()"
        )
        return shop_order_id

    def remove(self, shop_order_id: str) -> None:
        for name in ("order", "order_product", "order_total", "order_history"):
            self.sql(f"DELETE FROM {self.table(name)} WHERE order_id = {shop_order_id}")

    def close(self) -> None:
        self.shop.close()
        run_sql(self.host.mariadb, f"DROP DATABASE `{self.database}`")


def run_sql(mariadb: MariaDb, statements: str) -> str:
    """Through the client's standard input: a database does not fit a command line."""
    command = [mariadb.client, "--no-defaults", f"--socket={mariadb.socket}", "--user=root", "--batch"]
    command += ["--skip-column-names", "--default-character-set=utf8mb4"]
    done = subprocess.run(command, input=statements.encode("utf-8"), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8")
    return done.stdout.decode("utf-8")


def version_of(php: str) -> int:
    """80200 for PHP 8.2.0."""
    return int(subprocess.run([php, "-r", "echo PHP_VERSION_ID;"], check=True, capture_output=True).stdout)


def unpack(folder: Path) -> None:
    """Every package as its installer would put it into a shop."""
    for generation in GENERATIONS:
        home = "oc4-extension/kloppend" if generation.name == "oc4" else generation.name
        for path, data in contents(generation).items():
            target = folder / home / path.removeprefix(generation.root)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


@contextmanager
def host(php: str, mariadb: MariaDb, folder: Path, *options: str, before: Path | None = None) -> Iterator[Host]:
    """PHP's own web server on a loopback port, with the packages unpacked in this folder.

    `before` is PHP that runs before every page of the storefront.
    """
    unpack(folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    surroundings = os.environ | {
        "FRONT_SOCKET": str(mariadb.socket),
        "FRONT_PREFIX": tables.PREFIX,
        "FRONT_PACKAGES": str(folder),
        "FRONT_BEFORE": str(before or ""),
    }
    command = [php, "-d", "memory_limit=32M", *options, "-S", f"127.0.0.1:{port}", str(HERE / "front.php")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, env=surroundings, stdout=log, stderr=log)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield Host(f"http://127.0.0.1:{port}", mariadb, version_of(php))
    finally:
        process.terminate()
        process.wait(timeout=30)
