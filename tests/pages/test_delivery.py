"""Choosing how files travel, on screen."""

from ipaddress import ip_network
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from kloppend.records.models import Batch, Connection, Route
from tests.pages.test_actions import post
from tests.sync.conftest import sync, ubl
from tests.sync.sftp_server import PASSWORD, USER, sftp_server

__all__ = ["ubl"]
pytestmark = pytest.mark.django_db


def test_the_secret_of_the_feed_is_shown_once(ubl: Connection, owner: Client) -> None:
    text = owner.post(f"/c/{ubl.pk}/delivery/choose/", {"way": "feed"}).content.decode()
    token = text.split("kf_")[1].split("<")[0]
    assert token
    assert "kf_" not in owner.get(f"/c/{ubl.pk}/delivery/").content.decode()
    sync(ubl)
    assert Client().get(f"/feed/kf_{token}/").json()["files"]
    Client().get(f"/feed/kf_{token}/files/{Batch.objects.get().name}")
    owner.cookies["language"] = "en"
    files = owner.get(f"/c/{ubl.pk}/files/").content.decode()
    assert "by the feed" in files
    assert "Download again" in files


def test_the_fingerprint_is_confirmed_before_anything_is_sent(
    ubl: Connection,
    owner: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "KLOPPEND_ALLOWED_NETWORKS", (ip_network("127.0.0.0/8"),))
    with sftp_server(tmp_path / "remote") as remote:
        form = {"host": "127.0.0.1", "port": remote.port, "folder": "/", "username": USER, "password": PASSWORD}
        text = owner.post(f"/c/{ubl.pk}/delivery/sftp/", form).content.decode()
        shown = remote.key.get_fingerprint()
        assert shown.replace("+", "&#x2B;") in text or shown in text
        assert PASSWORD not in text
        assert not ubl.routes.filter(current=True).exists()
        route = Route.objects.get()
        for odd in ("", "SHA256:something else", "SHA256:één", f"{shown}="):
            post(owner, ubl, f"delivery/sftp/{route.pk}/", fingerprint=odd)
            assert not ubl.routes.filter(current=True).exists()
        assert "message success" in post(owner, ubl, f"delivery/sftp/{route.pk}/", fingerprint=shown)
        assert ubl.routes.get(current=True) == route
        sync(ubl)
        assert remote.visible() == [Batch.objects.get().name]
        page = owner.get(f"/c/{ubl.pk}/delivery/").content.decode()
        assert PASSWORD not in page
        assert "127.0.0.1" in owner.get(f"/c/{ubl.pk}/files/").content.decode()


def test_a_form_that_is_wrong_asks_nobody(ubl: Connection, owner: Client) -> None:
    form = {"host": "sftp.example.com", "port": 22, "folder": "/", "username": "x", "password": "a", "private_key": "b"}
    assert owner.post(f"/c/{ubl.pk}/delivery/sftp/", form).status_code == 200
    assert not Route.objects.exists()


def test_only_an_operator_chooses_a_folder_and_never_types_one(
    ubl: Connection,
    owner: Client,
    operator: Client,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = tmp_path.resolve() / "share"
    root.mkdir()
    monkeypatch.setattr(settings, "KLOPPEND_DELIVERY_FOLDERS", [str(root)])
    post(owner, ubl, "delivery/choose/", way="folder", folder=str(root))
    assert str(root) not in owner.get(f"/c/{ubl.pk}/delivery/").content.decode()
    assert "message error" in post(operator, ubl, "delivery/choose/", way="folder", folder="/etc")
    assert not Route.objects.exists()
    assert str(root) in operator.get(f"/c/{ubl.pk}/delivery/").content.decode()
    post(operator, ubl, "delivery/choose/", way="folder", folder=str(root))
    assert ubl.routes.get(current=True).folder == str(root)
    post(owner, ubl, "delivery/choose/", way="download")
    assert not ubl.routes.filter(current=True).exists()


def test_while_unverified_the_pages_say_why_it_is_off(fetched: Connection, owner: Client) -> None:
    owner.cookies["language"] = "en"
    owner.post(f"/c/{fetched.pk}/delivery/choose/", {"way": "feed"})
    assert "Only downloading works now" in owner.get(f"/c/{fetched.pk}/delivery/").content.decode()
    assert "is off while the layout is unverified" in owner.get(f"/c/{fetched.pk}/files/").content.decode()
    sync(fetched)
    assert "DELIVERY_OFF_UNVERIFIED" in owner.get(f"/c/{fetched.pk}/problems/").content.decode()


def test_a_date_ahead_is_shown_and_a_person_says_what_is_right(connection: Connection, owner: Client) -> None:
    from datetime import UTC, datetime, timedelta

    sync(connection, datetime.now(UTC) + timedelta(days=400))
    owner.cookies["language"] = "en"
    assert "make daily files again" in owner.get(f"/c/{connection.pk}/files/").content.decode()
    post(owner, connection, "files/clock/")
    assert "make daily files again" not in owner.get(f"/c/{connection.pk}/files/").content.decode()


def test_a_person_decides_about_an_uncertain_file(fetched: Connection, owner: Client) -> None:
    Batch.objects.update(state=Batch.State.UNCERTAIN)
    batch = Batch.objects.get()
    assert f"files/{batch.pk}/arrived/" in owner.get(f"/c/{fetched.pk}/files/").content.decode()
    post(owner, fetched, f"files/{batch.pk}/arrived/", arrived="yes")
    assert Batch.objects.get().state == Batch.State.PLACED
    assert "message error" in post(owner, fetched, f"files/{batch.pk}/arrived/", arrived="no")
