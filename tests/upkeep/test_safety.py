"""Each unsafe thing is found by its name; a set-up as docs/running.md describes it has none."""

import os
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from kloppend.records.models import Administration, Connection, Merchant
from kloppend.upkeep.safety import Setup, findings

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A set-up without a flaw."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    settings.SECRET_KEY = "0123456789abcdef" * 4
    settings.KLOPPEND_HASH_KEY = "fedcba9876543210" * 4
    settings.KLOPPEND_FILES_DIR = tmp_path / "files"
    settings.KLOPPEND_FILES_DIR.mkdir(mode=0o700)
    settings.KLOPPEND_ALLOWED_NETWORKS = ()
    settings.KLOPPEND_BASE_URL = "https://kloppend.example"
    (tmp_path / "secrets.json").touch(mode=0o600)
    return tmp_path


def names(home: Path, address: str = "127.0.0.1") -> list[str]:
    return [finding.name for finding in findings(Setup(home, address))]


def test_a_set_up_without_a_flaw(home: Path) -> None:
    assert names(home) == []
    assert names(home, "0.0.0.0") == []


def test_root(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert names(home) == ["root"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "a" * 64),
        ("KLOPPEND_HASH_KEY", ""),
        ("KLOPPEND_ENCRYPTION_KEYS", []),
        ("KLOPPEND_ENCRYPTION_KEYS", ["no Fernet key"]),
    ],
)
def test_weak_keys(home: Path, settings: Settings, name: str, value: Any) -> None:
    setattr(settings, name, value)
    assert names(home) == ["weak-key"]


def test_keys_of_another_database(home: Path, settings: Settings) -> None:
    Connection.objects.create(
        merchant=Merchant.objects.create(name="Jansen"),
        administration=Administration.objects.create(kind="asperion_axml", label="ADM"),
        name="De Proef",
        api_key="geheim",
    )
    assert names(home) == []
    settings.KLOPPEND_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert names(home) == ["other-keys"]


def test_debugging(home: Path, settings: Settings) -> None:
    settings.DEBUG = True
    assert names(home) == ["debug"]


@pytest.mark.parametrize(
    ("base_url", "address", "expected"),
    [
        ("http://localhost:8000", "127.0.0.1", []),
        ("http://127.0.0.1:8000", "::1", []),
        ("http://localhost:8000", "0.0.0.0", ["open-to-all"]),
        ("http://kloppend.example", "127.0.0.1", ["no-https"]),
        ("http://kloppend.example", "192.0.2.1", ["open-to-all", "no-https"]),
    ],
)
def test_public_means_https(home: Path, settings: Settings, base_url: str, address: str, expected: list[str]) -> None:
    settings.KLOPPEND_BASE_URL = base_url
    assert names(home, address) == expected


@pytest.mark.parametrize("what", ["files", "secrets.json", "mail", "database/cluster"])
def test_what_others_can_read(home: Path, what: str) -> None:
    path = home / what
    if not path.exists():
        path.mkdir(parents=True)
    path.chmod(0o755)
    assert names(home) == ["readable-by-others"]


@pytest.mark.parametrize(
    ("host", "mode", "expected"),
    [
        ("/run/postgresql", "", []),
        ("", "", []),
        ("127.0.0.1", "", []),
        ("db.example", "verify-full", []),
        ("db.example", "prefer", ["database-in-the-clear"]),
        ("10.0.0.5", "", ["database-in-the-clear"]),
    ],
)
def test_the_way_to_the_database(
    home: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, host: str, mode: str, expected: list[str]
) -> None:
    monkeypatch.setitem(settings.DATABASES["default"], "HOST", host)
    monkeypatch.setitem(settings.DATABASES["default"], "OPTIONS", {"sslmode": mode} if mode else {})
    assert names(home) == expected


@pytest.mark.parametrize(
    ("network", "expected"), [("10.1.0.0/16", []), ("0.0.0.0/0", 1), ("127.0.0.0/8", 1), ("::/0", 1)]
)
def test_networks_that_lead_to_ourselves(home: Path, settings: Settings, network: str, expected: object) -> None:
    from ipaddress import ip_network

    settings.KLOPPEND_ALLOWED_NETWORKS = (ip_network(network),)
    assert names(home) == (["own-network"] if expected else [])
