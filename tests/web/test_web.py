"""What the web server answers without a login, what the home keeps, and what a log line says."""

import json
import logging
import stat
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError
from django.db import connection as database
from django.test import Client
from django.utils import timezone

from kloppend.web import health
from kloppend.web.home import HomeError, made_once
from kloppend.web.logs import LINE, SoberFormatter
from kloppend.web.settings import _count
from kloppend.web.tables import bring_up_to_date


def worker_was_seen(minutes: int) -> None:
    with database.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_workers")
        moment = timezone.now() - timedelta(minutes=minutes)
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s)", [moment])


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "status"), [(0, 200), (2, 200), (4, 503)])
def test_health_tells_whether_a_worker_lives(client: Client, minutes: int, status: int) -> None:
    worker_was_seen(minutes)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (status, {"database": True, "worker": status == 200})
    assert "no-store" in answer["Cache-Control"]


def test_health_tells_that_the_database_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise DatabaseError

    monkeypatch.setattr(health, "worker_seen_at", away)
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (503, {"database": False, "worker": False})


def test_keys_are_made_once_and_are_ours_alone(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    made = made_once(path, {})
    assert made == made_once(path, {})
    Fernet(made["KLOPPEND_ENCRYPTION_KEYS"])
    assert len(set(made.values())) == 3
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    assert made_once(path, {"KLOPPEND_HASH_KEY": "given"})["KLOPPEND_HASH_KEY"] == "given"
    assert "given" not in path.read_text()
    everything = dict.fromkeys(made_once(path, {}), "given")
    assert made_once(tmp_path / "other.json", everything) == everything
    assert not (tmp_path / "other.json").exists()


@pytest.mark.parametrize("content", ["", "[1", "[]x", json.dumps([1, 2])])
def test_a_spoiled_key_file_is_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(content)
    with pytest.raises(HomeError, match="does not hold our keys"):
        made_once(path, {})
    assert path.read_text() == content


@pytest.mark.django_db
def test_tables_of_a_newer_version_are_refused() -> None:
    bring_up_to_date()
    with database.cursor() as cursor:
        cursor.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('records', '9999_later', now())")
    with pytest.raises(HomeError, match="9999_later"):
        bring_up_to_date()


def test_a_log_line_tells_where_it_went_wrong_and_quotes_nobody() -> None:
    try:
        raise ValueError("Key (email)=(jan@example.test) already exists")
    except ValueError:
        record = logging.LogRecord(
            "kloppend", logging.ERROR, "", 1, "run of connection %s failed", (3,), sys.exc_info()
        )
    line = SoberFormatter(LINE).format(record)
    assert "ERROR kloppend run of connection 3 failed" in line
    assert "ValueError" in line
    assert "test_a_log_line" in line
    assert "jan@example.test" not in line


def test_the_number_of_proxies_is_a_whole_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLOPPEND_TRUSTED_PROXIES", " 2 ")
    assert _count("KLOPPEND_TRUSTED_PROXIES") == 2
    for wrong in ("-1", "one", "1.5"):
        monkeypatch.setenv("KLOPPEND_TRUSTED_PROXIES", wrong)
        with pytest.raises(ImproperlyConfigured, match="KLOPPEND_TRUSTED_PROXIES"):
            _count("KLOPPEND_TRUSTED_PROXIES")
