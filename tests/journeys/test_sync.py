"""`kloppend sync` as people and programs run it, against a simulated store."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection as database
from lxml import etree

from kloppend.records.models import Connection, Order
from kloppend.shops.opencart.simulator import Fault, SimulatedStore, StoreServer
from kloppend.sync.claims import claimed
from tests.sync.conftest import connection, make_connection, server, store

__all__ = ["connection", "server", "store"]
pytestmark = pytest.mark.django_db(transaction=True)
KLOPPEND = str(Path(sys.executable).with_name("kloppend"))


def kloppend(home: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    where = database.settings_dict
    environment = os.environ | {
        "DATABASE_URL": f"postgresql://{where['USER']}:{where['PASSWORD']}@/{where['NAME']}?host={where['HOST']}",
        "KLOPPEND_HOME": str(home),
        "KLOPPEND_ENCRYPTION_KEYS": ",".join(settings.KLOPPEND_ENCRYPTION_KEYS),
        "COLUMNS": "300",
    }
    return subprocess.run(
        [KLOPPEND, "sync", *arguments], env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def told(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    """The answer for programs; what is for people went elsewhere."""
    rows: list[dict[str, Any]] = json.loads(done.stdout)["connections"]
    return rows


def test_from_the_shop_to_the_file_and_once_only(connection: Connection, store: SimulatedStore, tmp_path: Path) -> None:
    done = kloppend(tmp_path, "De Proef", "--json")
    assert done.returncode == 0, done.stderr
    (row,) = told(done)
    (file,) = row["files"]
    numbers = [element.text for element in etree.fromstring(Path(file["path"]).read_bytes()).iter("OrderNumber")]
    assert len(numbers) == 5
    assert {number for number, state in row["settled"].items() if state == "ready"} == set(numbers)
    assert (row["name"], row["outcome"], file["state"]) == ("De Proef", "fine", "placed")
    assert {"order": "6", "code": "MULTI_CURRENCY"}.items() <= next(
        p for p in row["problems"] if p["order"] == "6"
    ).items()

    (again,) = told(kloppend(tmp_path, str(connection.pk), "--json"))
    assert (again["outcome"], again["fetched"], again["settled"], again["files"]) == ("fine", [], {}, [])


def test_people_get_a_table(connection: Connection, tmp_path: Path) -> None:
    done = kloppend(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "De Proef" in done.stdout
    assert "UNVERIFIED.xml" in done.stdout
    assert "MULTI_CURRENCY" in done.stdout


def test_all_active_connections_and_a_shop_that_is_down(
    connection: Connection, server: StoreServer, store: SimulatedStore, tmp_path: Path
) -> None:
    make_connection(server, name="Slaapt").__class__.objects.filter(name="Slaapt").update(active=False)
    store.faults.switch_on(Fault.HTML)
    done = kloppend(tmp_path, "--json")
    assert done.returncode == 1
    (row,) = told(done)
    assert (row["name"], row["outcome"]) == ("De Proef", "problem")
    assert [problem["order"] for problem in row["problems"]] == [None]


def test_what_is_not_active_busy_or_not_there(connection: Connection, tmp_path: Path) -> None:
    nobody = kloppend(tmp_path, "Nergens", "--json")
    assert (nobody.returncode, json.loads(nobody.stdout)) == (2, {"error": "There is no connection 'Nergens'."})
    with claimed(connection.pk):
        busy = kloppend(tmp_path, "De Proef", "--json", "--wait", "0")
    assert (busy.returncode, told(busy)[0]["outcome"]) == (1, "busy")
    Connection.objects.update(active=False)
    asleep = kloppend(tmp_path, "De Proef", "--json")
    assert (asleep.returncode, told(asleep)[0]["outcome"]) == (1, "not_active")
    assert not Order.objects.exists()
