"""`/extension/check`: whom it tells what; the real extension asks it in tests/extension/test_platform.py."""

import json
import secrets
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from kloppend.domain.licence import licence_mark
from kloppend.records.licences import give_out
from kloppend.records.models import Connection, Merchant
from kloppend.records.secrets import licence_fingerprint
from kloppend.shops.opencart import signing
from tests.sync.conftest import API_KEY

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _nobody_was_here() -> None:
    cache.clear()


def asked(key: str = API_KEY, **changes: str) -> dict[str, str]:
    """A shop's question, signed."""
    params = {
        "action": "check",
        "protocol": "1",
        "timestamp": str(int(time.time())),
        "nonce": secrets.token_hex(16),
        "licence": licence_mark("LIC"),
        "shop": "https://winkel.test/",
        "shop_id": "0123456789abcdef",
        "software": "opencart",
        **changes,
    }
    return {"signature": signing.sign_request(key, params), **params}


def ask(client: Client, params: dict[str, Any], **more: Any) -> Any:
    return client.get("/extension/check", params, **more)


def body(response: Any, key: str = API_KEY) -> dict[str, Any]:
    """What the answer says, when it is signed with this key for its own nonce."""
    envelope = response.json()
    expected = signing.sign_envelope(key, 1, envelope["nonce"], envelope["body"]) if key else ""
    assert envelope["signature"] == expected
    found: dict[str, Any] = json.loads(envelope["body"])
    return found


def test_who_has_the_key_is_told_everything(client: Client, fetched: Connection) -> None:
    params = asked()
    response = ask(client, params)
    assert response["Cache-Control"].count("no-store")
    assert response.json()["nonce"] == params["nonce"]
    said = body(response)
    assert (said["key"], said["licence"], said["connection"]) == ("fits", "known", "De Proef")
    assert said["dashboard"] == f"http://localhost:8000/c/{fetched.pk}/"
    assert said["last_fetch"] is None, "no run of the schedule yet"


def test_the_last_run_that_got_through(client: Client, fetched: Connection) -> None:
    at = datetime(2026, 7, 1, 10, tzinfo=UTC)
    fetched.runs.create(why="schedule", started_at=at, outcome="fine", fetched=12)
    fetched.runs.create(why="schedule", started_at=at + timedelta(1), outcome="problem", fault="SHOP_TIMEOUT")
    fetched.runs.create(why="schedule", started_at=at + timedelta(2), outcome="running")
    said = body(ask(client, asked()))
    assert said["last_fetch"] == {"at": "2026-07-01 12:00:00 CEST", "orders": 12}


def test_the_shop_s_own_name_goes_before_the_licence(client: Client, fetched: Connection) -> None:
    assert fetched.shop
    shop_id = fetched.shop.shop_id
    other = Connection.objects.create(
        name="Tweede",
        merchant=fetched.merchant,
        administration=fetched.administration,
        shop_kind="opencart",
        shop_address="x",
        api_key=API_KEY,
        licence_key="LIC",
    )
    assert body(ask(client, asked(shop_id=shop_id)))["connection"] == "De Proef"
    assert body(ask(client, asked(shop_id=shop_id, licence="")))["connection"] == "De Proef"
    assert body(ask(client, asked(shop_id=shop_id, licence="")))["licence"] == "unknown"
    other.licence_key, other.api_key = "ANDERE", "Andere!Sleutel(2026)"
    other.save(update_fields=["licence_key", "api_key"])
    said = body(ask(client, asked(other.api_key, licence=licence_mark("ANDERE"))), other.api_key)
    assert said["connection"] == "Tweede"


def test_without_the_key_next_to_nothing(client: Client, fetched: Connection) -> None:
    assert fetched.shop
    for params in (asked("Verkeerd"), asked("Verkeerd", shop_id=fetched.shop.shop_id), asked(licence="0" * 16)):
        response = ask(client, params)
        assert response.status_code == 200
        assert {**body(response, ""), "version": ""} == {
            "platform": "Kloppend",
            "version": "",
            "licence": "unknown",
            "key": "differs",
        }
    changed = asked() | {"shop": "https://elders.test/"}
    assert ask(client, changed).json()["signature"] == ""


def test_outsiders_get_one_answer(client: Client, connection: Connection) -> None:
    good = asked()
    for params in (
        {},
        {name: value for name, value in good.items() if name != "shop_id"},
        good | {"nonce": "x"},
        good | {"action": "ping"},
        good | {"shop_id": "a\x00bcdefgh"},
        good | {"shop_id": "' OR 1=1 --"},
        good | {"licence": "LIC"},
        good | {"nonce": [good["nonce"], good["nonce"]]},
        good | {"more[]": "x"},
        good | {"signature": "ö" * 64},
        good | {"timestamp": "9" * 400},
        good | {"shop": "x" * 501},
    ):
        response = ask(client, params)
        assert (response.status_code, response.content) == (403, b'{"error":"refused"}')
    assert client.post("/extension/check", good).status_code == 405


def test_clock_and_protocol_are_told_to_who_has_the_key_only(client: Client, connection: Connection) -> None:
    late = str(int(time.time()) - 301)
    assert body(ask(client, asked(timestamp=late)))["error"]["code"] == "CLOCK_DIFFERS"
    assert ask(client, asked(protocol="2")).status_code == 400
    assert body(ask(client, asked("Verkeerd", timestamp=late, protocol="2")), "")["key"] == "differs"


def test_guessing_is_slowed_down_and_the_right_key_never(client: Client, connection: Connection) -> None:
    seen = [ask(client, asked(f"guess {number}")).status_code for number in range(25)]
    assert seen == [200] * 20 + [429] * 5
    assert ask(client, {}).status_code == 429
    assert body(ask(client, asked()))["key"] == "fits"
    assert ask(client, asked("guess"), REMOTE_ADDR="10.0.0.9").status_code == 200
    for number in range(25):
        last = ask(client, asked("guess"), REMOTE_ADDR=f"2001:db8::{number}").status_code
    assert last == 429, "a /64 is one visitor"


def test_as_many_keys_are_tried_for_a_shop_that_nobody_knows(
    client: Client, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def differs(expected: str, _given: str) -> bool:
        tried.append(expected)
        return False

    monkeypatch.setattr(signing, "same", differs)
    for params in (asked(), asked(licence="0" * 16), asked(licence="")):
        tried.clear()
        ask(client, params)
        assert len(tried) == 4


def test_what_is_said_of_licences(client: Client, connection: Connection, settings: Settings) -> None:
    merchant = Merchant.objects.get()
    valid, trial = give_out(merchant, NOW), give_out(merchant, NOW, last_day=date(2026, 1, 1), trial=True)
    for licence, expected in ((valid, "known"), (trial, "expired")):
        assert body(ask(client, asked("none", licence=licence_mark(licence.key))), "")["licence"] == expected
        connection.licence_key = licence.key
        connection.save()
        assert body(ask(client, asked(licence=licence_mark(licence.key))))["licence"] == expected
    connection.licence_key = "LIC"
    connection.save()
    assert body(ask(client, asked()))["licence"] == "known"
    settings.KLOPPEND_LICENCES_DEMANDED = True
    assert body(ask(client, asked()))["licence"] == "unknown"


def test_the_fingerprint_follows_the_key(connection: Connection) -> None:
    def found(key: str) -> int:
        return Connection.objects.filter(licence_fingerprint=licence_fingerprint(licence_mark(key))).count()

    assert found("LIC") == 1
    connection.licence_key = "ANDERS"
    connection.save(update_fields=["licence_key"])
    assert (found("LIC"), found("ANDERS")) == (0, 1)
    connection.licence_key = ""
    connection.save()
    assert Connection.objects.get().licence_fingerprint == ""
