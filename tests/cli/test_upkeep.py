"""`kloppend backup`, `restore`, `doctor` and `keys rotate`, as processes of their own on databases of their own."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import connection as database

from kloppend.records.models import Connection, Run
from kloppend.shops.opencart.simulator import StoreServer
from kloppend.sync.runs import run_connection
from kloppend.upkeep.keys import rotate
from tests.sync.conftest import API_KEY, make_connection
from tests.upkeep.conftest import Elsewhere, _files, elsewhere, server, store

__all__ = ["_files", "elsewhere", "server", "store"]


def kloppend(*arguments: str, home: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command on the database that the test is in."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database.settings_dict['NAME']}").geturl()
    own = {"DATABASE_URL": url, "KLOPPEND_HOME": str(home), "KLOPPEND_FILES_DIR": str(settings.KLOPPEND_FILES_DIR)}
    command = [str(Path(sys.executable).parent / "kloppend"), *arguments]
    return subprocess.run(command, env={**os.environ, **own}, input=stdin, capture_output=True, text=True, check=False)


def test_from_backup_to_a_verified_restore(elsewhere: Elsewhere, server: StoreServer, tmp_path: Path) -> None:
    elsewhere("kloppend_cli_before")
    connection = make_connection(server)
    run_connection(connection.pk, Run.Why.PERSON, datetime.now(UTC))
    made = kloppend("backup", "--to", str(tmp_path / "backups"), "--keep", "3", home=tmp_path)
    assert made.returncode == 0, made.stderr
    assert "KEYS ARE NOT IN IT" in made.stdout
    file = made.stdout.splitlines()[0]

    refused = kloppend("restore", file, home=tmp_path)
    assert (refused.returncode, "empty" in refused.stderr) == (1, True)
    regretted = kloppend("restore", file, "--replace", home=tmp_path, stdin="no\n")
    assert regretted.returncode == 1
    assert not Connection.objects.get().verify_before_sending

    elsewhere("kloppend_cli_after")
    done = kloppend("restore", file, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'kloppend restore --confirm "De Proef"' in done.stdout
    doctor = kloppend("doctor", "--json", home=tmp_path)
    told = [item["what"] for item in json.loads(doctor.stdout) if item["state"] == "wrong"]
    assert any("VERIFY_BEFORE_SENDING" in what for what in told)
    assert doctor.returncode == 1
    assert kloppend("restore", "--confirm", "Een ander", home=tmp_path).returncode == 2
    confirmed = kloppend("restore", "--confirm", "De Proef", "--sent", "all", home=tmp_path)
    assert confirmed.returncode == 0, confirmed.stderr
    assert not Connection.objects.get().verify_before_sending


def test_the_doctor_names_what_it_looked_at(
    elsewhere: Elsewhere, server: StoreServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere("kloppend_cli_doctor")
    make_connection(server)
    found = kloppend("doctor", "--json", home=tmp_path)
    items = {item["name"]: item for item in json.loads(found.stdout)}
    assert {"keys", "database", "files", "backups", "mail", "worker", "clock", "connection"} <= items.keys()
    assert items["worker"]["state"] == "wrong"
    assert found.returncode == 1
    for secret in (API_KEY, settings.KLOPPEND_HASH_KEY, *settings.KLOPPEND_ENCRYPTION_KEYS):
        assert secret not in found.stdout
    monkeypatch.setenv("KLOPPEND_ENCRYPTION_KEYS", Fernet.generate_key().decode())
    others = kloppend("doctor", "--json", home=tmp_path)
    assert "other-keys" in {item["name"] for item in json.loads(others.stdout)}
    plain = kloppend("doctor", home=tmp_path)
    assert "WRONG  worker" in plain.stdout


@pytest.mark.django_db
def test_after_rotating_the_new_key_alone_opens_every_secret(
    server: StoreServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_connection(server)
    new = Fernet.generate_key().decode()
    monkeypatch.setattr(settings, "KLOPPEND_ENCRYPTION_KEYS", [new, *settings.KLOPPEND_ENCRYPTION_KEYS])
    assert rotate() == 2
    monkeypatch.setattr(settings, "KLOPPEND_ENCRYPTION_KEYS", [new])
    assert Connection.objects.get().api_key == API_KEY
