"""The feed, as a program of the merchant sees it, and as everybody else does."""

import hashlib
import logging

import pytest
from django.core.cache import cache
from django.test import Client

from kloppend.domain.problems import Refused
from kloppend.pages.extension.throttle import ALLOWED
from kloppend.records.models import Administration, Batch, Connection, Route
from kloppend.sync.files.choosing import choose_download, choose_feed
from kloppend.sync.files.recall import recall
from kloppend.web.logs import LINE, SoberFormatter
from tests.sync.conftest import NOON, sync, ubl

__all__ = ["ubl"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget_guesses() -> None:
    cache.clear()


@pytest.fixture
def token(ubl: Connection) -> str:
    """The secret of a feed with one file in it."""
    token = choose_feed(ubl)
    sync(ubl)
    return token


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_list_fetch_acknowledge(token: str, client: Client) -> None:
    batch = Batch.objects.get()
    (entry,) = client.get("/feed/", headers=bearer(token)).json()["files"]
    assert (entry["name"], entry["sha256"], entry["fetched_before"]) == (batch.name, batch.sha256, False)
    assert client.get(f"/feed/{token}/?format=text").content.decode() == f"{batch.sha256}  {batch.name}\n"
    head = client.head(f"/feed/{token}/files/{batch.name}")
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(batch.size), b"")
    assert Batch.objects.get().state == Batch.State.PLACED
    first = client.get(entry["url"], headers=bearer(token))
    assert hashlib.sha256(first.content).hexdigest() == batch.sha256
    assert first["ETag"] == f'"{batch.sha256}"'
    assert "X-Kloppend-Warning" not in first
    assert Batch.objects.get().state == Batch.State.FETCHED
    again = client.get(f"/feed/{token}/files/{batch.name}")
    assert again.content == first.content
    assert "twice" in again["X-Kloppend-Warning"]
    same = client.get(f"/feed/{token}/files/{batch.name}", headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    assert batch.events.filter(kind="fetched").count() == 2
    wrong = client.post(f"/feed/{token}/files/{batch.name}/received", {"sha256": "0" * 64})
    assert wrong.status_code == 409
    for _ in range(2):
        assert client.post(f"/feed/{token}/files/{batch.name}/received", {"sha256": batch.sha256}).status_code == 200
    body = {"sha256": batch.sha256}
    path = f"/feed/files/{batch.name}/received"
    assert client.post(path, body, headers=bearer(token), content_type="application/json").json()["received"]
    assert batch.events.filter(kind="received").count() == 1
    assert client.get(f"/feed/{token}/").json()["files"] == []
    assert client.get(f"/feed/{token}/?all=1").json()["files"][0]["received"] is True
    assert Batch.objects.get().imported_at is None


def test_what_was_fetched_cannot_be_recalled_and_what_was_recalled_cannot_be_fetched(
    token: str, client: Client
) -> None:
    batch = Batch.objects.get()
    recall(batch, NOON, "user-7")
    assert client.get(f"/feed/{token}/files/{batch.name}").status_code == 410
    assert client.get(f"/feed/{token}/").json()["files"] == []
    assert client.post(f"/feed/{token}/files/{batch.name}/received", {"sha256": batch.sha256}).status_code == 410


def test_fetched_is_beyond_recall(token: str, client: Client) -> None:
    batch = Batch.objects.get()
    client.get(f"/feed/{token}/files/{batch.name}")
    with pytest.raises(Refused, match="FILE_ALREADY_TAKEN"):
        recall(batch, NOON, "user-7")


def test_outsiders_see_nothing_and_a_right_secret_is_never_locked_out(token: str, client: Client) -> None:
    name = Batch.objects.get().name
    paths = ["/feed/", "/feed/wrong/", f"/feed/wrong/files/{name}", f"/feed/files/{name}", f"/feed/{'x' * 300}/"]
    answers = [client.get(path) for path in paths]
    assert {answer.status_code for answer in answers} == {404}
    assert {answer.content for answer in answers} == {b'{"error": "not found"}'}
    assert all(answer["X-Robots-Tag"] == "noindex" for answer in answers)
    statuses = [client.get("/feed/", headers=bearer(f"guess{n}")).status_code for n in range(ALLOWED + 5)]
    assert statuses[-1] == 429
    assert client.get("/feed/", headers=bearer(token)).status_code == 200
    assert client.post(f"/feed/{token}/").status_code == 405


def test_a_new_secret_ends_the_old_one_and_none_is_stored(token: str, ubl: Connection, client: Client) -> None:
    fresh = choose_feed(ubl)
    assert fresh != token
    assert token not in str(list(Route.objects.values()))
    assert client.get(f"/feed/{token}/").status_code == 404
    assert len(client.get(f"/feed/{fresh}/").json()["files"]) == 1
    choose_download(ubl)
    assert client.get(f"/feed/{fresh}/").status_code == 404


def test_after_a_restore_and_for_an_unverified_layout_it_is_closed(
    token: str,
    ubl: Connection,
    client: Client,
) -> None:
    Connection.objects.update(verify_before_sending=True)
    closed = client.get(f"/feed/{token}/")
    assert (closed.status_code, closed.json()["error"]) == (503, "VERIFY_BEFORE_SENDING")
    name = Batch.objects.get().name
    assert client.get(f"/feed/{token}/files/{name}").status_code == 503
    Connection.objects.update(verify_before_sending=False)
    unverified = Administration.objects.get(kind="asperion_axml")
    Connection.objects.update(administration=unverified, settings={**ubl.settings, "books_options": {}})
    assert client.get(f"/feed/{token}/").json()["error"] == "DELIVERY_OFF_UNVERIFIED"


def test_no_secret_in_a_log_line() -> None:
    record = logging.LogRecord("django.request", 30, "", 1, "Not Found: %s", ("/feed/kf_secret/files/x.xml",), None)
    assert SoberFormatter(LINE).format(record).endswith("Not Found: /feed/***/files/x.xml")


def test_a_sum_that_is_none_is_a_wrong_sum(token: str, client: Client) -> None:
    address = f"/feed/{token}/files/{Batch.objects.get().name}/received"
    for body in (b"", b"[]", b'{"sha256": "\\ud800"}', b'{"sha256": ["x"]}'):
        assert client.post(address, body, content_type="application/json").status_code == 409
    assert Batch.objects.get().received_at is None
