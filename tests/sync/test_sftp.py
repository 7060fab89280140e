"""Files that go to an SFTP server: once, whatever breaks and whenever it does."""

from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path

import asyncssh
import pytest
from django.conf import settings
from django.db import connection as database

from kloppend.domain.problems import Refused
from kloppend.records.models import Batch, Connection, Order, Route
from kloppend.sync.files.choosing import SftpDraft, choose_download, choose_sftp, fingerprint, look_at_server
from kloppend.sync.files.download import open_download
from kloppend.sync.files.recall import recall
from kloppend.sync.files.uncertain import decide_uncertain
from tests.sync.conftest import NOON, sync
from tests.sync.sftp_server import PASSWORD, USER, Running, sftp_server
from tests.sync.test_make_file import now
from tests.sync.test_pipeline import open_codes

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)
STEPS = (
    "before write",
    "in write",
    "before fsync",
    "after close",
    "before read",
    "in read",
    "before look",
    "before rename",
    "after rename",
)


@pytest.fixture
def remote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    monkeypatch.setattr(settings, "KLOPPEND_ALLOWED_NETWORKS", (ip_network("127.0.0.0/8"),))
    with sftp_server(tmp_path / "remote") as running:
        yield running


def draft(remote: Running, **changed: object) -> SftpDraft:
    given = {"host": "127.0.0.1", "port": remote.port, "folder": "/", "username": USER, "password": PASSWORD}
    return SftpDraft(**{**given, **changed})  # type: ignore[arg-type]


def use(connection: Connection, remote: Running, **changed: object) -> Route:
    route = look_at_server(connection, draft(remote, **changed))
    assert fingerprint(route) == remote.key.get_fingerprint()
    return choose_sftp(route, fingerprint(route))


def codes(connection: Connection) -> set[str]:
    return {code for _, code in open_codes(connection) if code.startswith(("SFTP", "FILE"))}


def bytes_of(batch: Batch) -> bytes:
    return bytes(batch.content.content)


def assert_once(connection: Connection, remote: Running) -> Batch:
    batch = Batch.objects.get(connection=connection)
    assert batch.state == Batch.State.PLACED
    assert remote.visible() == [batch.name]
    assert remote.hidden() == []
    assert (remote.root / batch.name).read_bytes() == bytes_of(batch)
    assert not Order.objects.filter(state__in=["ready", "sealed"]).exists()
    assert batch.events.filter(kind="placed").count() == 1
    return batch


def test_a_file_goes_there_and_says_so(ubl: Connection, remote: Running) -> None:
    route = use(ubl, remote)
    assert remote.visible() == remote.hidden() == []
    sync(ubl)
    batch = assert_once(ubl, remote)
    assert batch.route == route
    assert "before fsync" in remote.faults.asked
    assert open_download(batch, LATER, "user-7").again
    with database.cursor() as cursor:
        cursor.execute("SELECT password FROM records_route")
        assert PASSWORD not in cursor.fetchone()[0]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("times", [1, 3])
def test_a_connection_lost_at_any_step_loses_and_doubles_nothing(
    ubl: Connection, remote: Running, step: str, times: int
) -> None:
    use(ubl, remote)
    remote.faults.lost[step] = 1 if step == "after rename" else times
    sync(ubl)
    for minute in range(1, 4):
        sync(ubl, NOON + timedelta(minutes=minute))
    assert remote.faults.lost[step] == 0
    assert_once(ubl, remote)
    assert not codes(ubl)


def test_renamed_taken_and_never_confirmed_is_not_written_again(ubl: Connection, remote: Running) -> None:
    use(ubl, remote)
    remote.faults.lost["after rename"] = 1
    sync(ubl)
    (name,) = remote.visible()
    assert codes(ubl) == {"SFTP_UNREACHABLE"}
    (remote.root / name).unlink()
    sync(ubl, LATER)
    assert Batch.objects.get().state == Batch.State.PLACED
    assert remote.visible() == remote.hidden() == []


def test_another_key_stops_everything_until_a_person_confirms(ubl: Connection, remote: Running) -> None:
    use(ubl, remote)
    remote.stop()
    remote.key = asyncssh.generate_private_key("ssh-ed25519")
    remote.start()
    sync(ubl)
    assert codes(ubl) == {"SFTP_HOST_KEY_CHANGED"}
    assert remote.visible() == remote.hidden() == []
    use(ubl, remote)
    sync(ubl, LATER)
    assert_once(ubl, remote)


def test_what_is_wrong_is_said_and_nothing_is_used(
    ubl: Connection, remote: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusal(**changed: object) -> str:
        with pytest.raises(Refused) as refused:
            use(ubl, remote, **changed)
        return refused.value.problem.code

    assert refusal(password="wrong") == "SFTP_LOGIN_REFUSED"
    assert refusal(password="", private_key="not a key") == "SFTP_KEY_UNREADABLE"
    assert refusal(folder="/nowhere") == "SFTP_SERVER_REFUSED"
    assert refusal(folder="../up") == "SFTP_SETTINGS_INVALID"
    assert refusal(host="") == "SFTP_SETTINGS_INVALID"
    monkeypatch.setattr(settings, "KLOPPEND_ALLOWED_NETWORKS", ())
    assert refusal() == "SFTP_ADDRESS_REFUSED"
    remote.stop()
    monkeypatch.setattr(settings, "KLOPPEND_ALLOWED_NETWORKS", (ip_network("127.0.0.0/8"),))
    assert refusal() == "SFTP_UNREACHABLE"
    remote.start()
    assert not ubl.routes.filter(current=True).exists()


def test_a_file_of_somebody_else_by_that_name_is_never_replaced(ubl: Connection, remote: Running) -> None:
    use(ubl, remote)
    remote.faults.lost["before rename"] = 1
    sync(ubl)
    name = Batch.objects.get().name
    (remote.root / name).write_bytes(b"somebody else's")
    sync(ubl, LATER)
    assert codes(ubl) == {"FILE_NAME_TAKEN"}
    assert (remote.root / name).read_bytes() == b"somebody else's"
    (remote.root / name).unlink()
    sync(ubl, LATER)
    assert_once(ubl, remote)


def test_a_recall_takes_it_back_and_not_when_it_was_taken(ubl: Connection, remote: Running) -> None:
    use(ubl, remote)
    sync(ubl)
    batch = assert_once(ubl, remote)
    assert recall(batch, LATER, "user-7").state == Batch.State.RECALLED
    assert remote.visible() == remote.hidden() == []
    again = now(ubl)
    assert remote.visible() == [again.name]
    (remote.root / again.name).unlink()
    with pytest.raises(Refused) as refused:
        recall(again, LATER, "user-7")
    assert refused.value.problem.code == "FILE_ALREADY_TAKEN"


@pytest.mark.parametrize("step", ["before rename", "after rename", "before look", "before read"])
def test_a_recall_that_breaks_off_did_not_happen(ubl: Connection, remote: Running, step: str) -> None:
    use(ubl, remote)
    sync(ubl)
    remote.faults.lost[step] = 1
    with pytest.raises(Refused) as refused:
        recall(Batch.objects.get(), LATER, "user-7")
    assert refused.value.problem.code == "SFTP_UNREACHABLE"
    sync(ubl, LATER)
    assert_once(ubl, remote)
    assert not Batch.objects.get().taking_back


def test_a_server_without_rename_or_fsync_is_looked_at(ubl: Connection, remote: Running) -> None:
    remote.faults.renames = remote.faults.fsyncs = False
    assert not use(ubl, remote).renames
    sync(ubl)
    batch = assert_once(ubl, remote)
    with pytest.raises(Refused) as refused:
        recall(batch, LATER, "user-7")
    assert refused.value.problem.code == "SFTP_CANNOT_RENAME"
    assert Batch.objects.get().state == Batch.State.PLACED


@pytest.mark.parametrize(("step", "arrived"), [("before write", False), ("in write", True), ("before read", True)])
def test_without_rename_what_broke_off_is_for_a_person(
    ubl: Connection, remote: Running, step: str, arrived: bool
) -> None:
    remote.faults.renames = remote.faults.fsyncs = False
    use(ubl, remote)
    remote.faults.lost[step] = 1
    sync(ubl)
    sync(ubl, LATER)
    batch = Batch.objects.get()
    if step == "before read":  # it was all there
        assert_once(ubl, remote)
        return
    assert batch.state == Batch.State.UNCERTAIN
    assert codes(ubl) == {"FILE_UNCERTAIN"}
    decide_uncertain(batch, LATER, "user-7", arrived=arrived)
    for path in remote.root.iterdir():
        path.unlink()
    sync(ubl, LATER)
    assert Batch.objects.get().state == Batch.State.PLACED
    assert len(remote.visible()) == (0 if arrived else 1)
    assert not codes(ubl)


def test_a_file_under_way_keeps_to_its_way(ubl: Connection, remote: Running) -> None:
    use(ubl, remote)
    remote.faults.lost["before rename"] = 1
    sync(ubl)
    choose_download(ubl)
    sync(ubl, LATER)
    assert_once(ubl, remote)


def test_an_unverified_layout_stays_here_and_says_why(connection: Connection, remote: Running) -> None:
    use(connection, remote)
    sync(connection)
    assert Batch.objects.get().route is None
    assert Batch.objects.get().state == Batch.State.PLACED
    assert remote.visible() == remote.hidden() == []
    assert "DELIVERY_OFF_UNVERIFIED" in {code for _, code in open_codes(connection)}
