"""Kloppend's side of a store test: the real commands as processes, and its web server, in a home of their own."""

import ipaddress
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from kloppend.books.asperion.axml.profile import builtin_profile
from kloppend.domain.problems import CATALOGUE
from kloppend.shops.port import ShopAccess, ShopFault, ShopIdentity
from kloppend.shops.registry import open_shop
from tests.stores.package import API_KEY, LICENCE_KEY
from tests.stores.servers import started
from tests.stores.shopping import COMPLETE, FEE_ROW, PROCESSING, REFUNDED
from tests.stores.trouble import StoreTrouble

OPERATOR, PASSWORD = "beheer@example.nl", "Kloppend-tot-op-de-cent"
LOOPBACK = "127.0.0.0/8"
_MORE_NODES = """
      { name = "Rounding", field = "totals.rounding", format = "decimal:0.00" },
      { name = "PaidByVoucher", field = "totals.payments", format = "decimal:0.00" },
"""


@dataclass(frozen=True, slots=True)
class Synced:
    """What `kloppend sync --json` said of our connection; `files` are the contents of those made now, by name."""

    said: Mapping[str, Any]
    files: Mapping[str, bytes]

    @property
    def faults(self) -> list[str]:
        """What stands about the connection itself."""
        return [problem["code"] for problem in self.said["problems"] if problem["order"] is None]

    def standing(self, number: str) -> list[str]:
        """What stands about an order, warnings left out."""
        codes = [problem["code"] for problem in self.said["problems"] if problem["order"] == number]
        return [code for code in codes if CATALOGUE[code].kind != "warning"]


@dataclass(slots=True)
class Platform:
    """An installation with its web server up."""

    address: str
    home: Path
    environment: Mapping[str, str]
    connection: int = 0
    states: dict[str, str] = field(default_factory=dict)
    """Order number -> the state that the runs so far told of."""

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One command of ours."""
        return subprocess.run(
            [_kloppend(), *arguments],
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    def connect(self, answers: Mapping[str, Any], *more: str, **environment: str) -> tuple[bool, str]:
        """`kloppend connect` with these answers: whether it went well, and what it said."""
        file = self.home / "answers.json"
        file.write_text(json.dumps(answers))
        keys = {"KLOPPEND_CONNECT_API_KEY": API_KEY, "KLOPPEND_CONNECT_LICENCE_KEY": LICENCE_KEY, **environment}
        done = self.run("connect", "--answers", str(file), "--no-input", "--language", "en", *more, **keys)
        return done.returncode == 0, done.stdout + done.stderr

    def sync(self) -> Synced:
        """`kloppend sync --json`. Raises StoreTrouble when it says something else."""
        done = self.run("sync", "--json")
        try:
            (said,) = json.loads(done.stdout)["connections"]
        except (ValueError, KeyError) as error:
            raise StoreTrouble(f"kloppend sync said: {done.stdout}{done.stderr}") from error
        self.connection = said["id"]
        self.states |= said["settled"]
        return Synced(said, {file["name"]: Path(file["path"]).read_bytes() for file in said["files"]})

    def files(self) -> dict[str, bytes]:
        """All files as they lie ready to be downloaded, by name."""
        return {path.name: path.read_bytes() for path in sorted(self.home.glob("files/connection-*/*.xml"))}


@contextmanager
def running(home: Path, address: str, port: int) -> Iterator[Platform]:
    """A fresh installation whose web server listens on this port of loopback; its database lives as long."""
    home.mkdir()
    outside = {name: value for name, value in os.environ.items() if not name.startswith(("KLOPPEND_", "DATABASE_"))}
    own = {"KLOPPEND_HOME": str(home), "KLOPPEND_BASE_URL": address, "KLOPPEND_ALLOWED_NETWORKS": LOOPBACK}
    own["KLOPPEND_VIES"] = "off"  # nothing leaves this machine
    platform = Platform(address, home, outside | own)
    with started([_kloppend(), "web", "--port", str(port)], home / "web.log", port, platform.environment):
        yield platform


def _kloppend() -> str:
    return str(Path(sys.executable).with_name("kloppend"))


def layout() -> str:
    """Our placeholder layout, with a place for vouchers and roundings, so that no order is held for want of one."""
    text = builtin_profile("placeholder")
    for switch in ("voucher_payments", "rounding_line"):
        text = text.replace(f'{switch} = "hold"', f'{switch} = "node"')
    before = '      { name = "Debtor", children = ['
    return text.replace(before, _MORE_NODES.lstrip("\n") + before)


def answers(shop_address: str, vat_field: str, now: datetime) -> dict[str, Any]:
    """A connection as a merchant would choose it; its file is due at once."""
    return {
        "name": "Proefwinkel",
        "merchant": "Proefwinkel",
        "shop_address": shop_address,
        "administration": "PROEF",
        "settings": {
            "trigger_statuses": ["1", PROCESSING, COMPLETE],
            "cancel_statuses": [REFUNDED],
            "start_date": (now - timedelta(days=2)).date().isoformat(),
            "payment_codes": {"cod": "REMBOURS", "free_checkout": "GRATIS"},
            "vat_number_field": vat_field,
            "total_codes": {FEE_ROW: "charge"},
            "file_time": "00:00",
            "books_options": {"profile_toml": layout()},
        },
    }


def identity(shop_address: str, api_key: str = API_KEY) -> ShopIdentity:
    """Who answers there. Raises ShopFault."""
    access = ShopAccess(address=shop_address, api_key=api_key, licence_key=LICENCE_KEY)
    shop = open_shop("opencart", access, allowed_networks=(ipaddress.ip_network(LOOPBACK),))
    try:
        return shop.identify()
    finally:
        shop.close()


def shop_id_or_refusal(shop_address: str) -> str:
    """The shop's own id, or the code that its refusal becomes."""
    try:
        return identity(shop_address).shop_id
    except ShopFault as fault:
        return fault.problem.code
