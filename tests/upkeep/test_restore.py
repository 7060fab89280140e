"""Backup, another day, disaster, restore: nothing is lost, and nothing is sent twice."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import connection as database

from kloppend.books.port import BooksSettings
from kloppend.books.registry import open_books
from kloppend.records.models import Batch, Connection, Event, Invoice, Order, Run
from kloppend.shops.opencart.simulator import Fault, SimulatedStore, StoreServer
from kloppend.sync.choices import choices_of
from kloppend.sync.files.folders import folder_of
from kloppend.sync.files.sealing import seal
from kloppend.sync.runs import run_connection
from kloppend.upkeep import verifying
from kloppend.upkeep.backup import back_up, backups_in
from kloppend.upkeep.restore import NUMBERS_PASSED_OVER, RestoreError, restore
from kloppend.upkeep.sealed_stream import SealedFileError
from tests.sync.conftest import NOON, make_connection
from tests.upkeep.conftest import Elsewhere

NEXT_DAY = NOON + timedelta(days=1)
RESTORED = NOON + timedelta(days=1, hours=3)
DAY_AFTER = NOON + timedelta(days=2)


def run(connection: Connection, at: datetime) -> list[Batch]:
    finished = run_connection(connection.pk, Run.Why.PERSON, at)
    assert finished
    return finished.done.files


def good_order(store: SimulatedStore) -> str:
    """An order that can be booked arrives, on the 25th."""
    record = next(record for record in store.records if record["order"]["order_id"] == "1")
    number = store.add_order(record)
    moment = "2026-11-25 09:00:00"
    store.change_order(number, date_added=moment, date_modified=moment, order_status_id="5")
    for row in store._record(number)["order_history"]:
        row["date_added"] = moment
    return number


def in_files(connection: Connection, number: str) -> int:
    """In how many files of the folder this order stands."""
    return sum(f"Bestelling {number}<" in path.read_text() for path in folder_of(connection).glob("*.xml"))


@pytest.fixture
def connection(elsewhere: Elsewhere, server: StoreServer) -> Connection:
    elsewhere("kloppend_before")
    return make_connection(server)


def test_a_restored_system_sends_nothing_until_a_person_verified_and_then_nothing_twice(
    connection: Connection, store: SimulatedStore, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    first = run(connection, NOON)
    assert len(first) == 1
    backup = back_up(tmp_path / "backups")
    sent = good_order(store)
    second = run(connection, NEXT_DAY)
    assert in_files(connection, sent) == 1
    trail = Event.objects.count()

    elsewhere("kloppend_after")
    restore(backup.path, RESTORED)
    restored = Connection.objects.get()
    assert (restored.name, restored.api_key) == (connection.name, connection.api_key)
    assert Event.objects.count() < trail
    assert Invoice.objects.count() == len(Order.objects.filter(state=Order.State.DELIVERED))

    late = good_order(store)
    assert not run(restored, DAY_AFTER)
    assert Order.objects.get(shop_order_id=sent).state == "ready"
    assert {problem.code for problem in restored.problems.filter(order=None, closed_at=None)} == {
        "VERIFY_BEFORE_SENDING"
    }
    means = choices_of(restored.settings)
    books = open_books("asperion_axml", BooksSettings(administration="ADM"))
    assert seal(restored.pk, means, books, DAY_AFTER.date(), DAY_AFTER) is None  # whoever asks
    seen = verifying.look(restored)
    assert seen.unknown_files == (second[0].name,)
    assert sent in {order.number for order in seen.orders}

    verifying.confirm(restored.pk, [sent], DAY_AFTER)
    third = run(restored, DAY_AFTER)
    assert in_files(restored, sent) == 1
    assert in_files(restored, late) == 1
    assert third[0].sequence == first[0].sequence + NUMBERS_PASSED_OVER + 1
    assert not restored.problems.filter(code="VERIFY_BEFORE_SENDING", closed_at=None).exists()
    for order in Order.objects.all():
        assert in_files(restored, order.shop_order_id) <= 1


def test_a_file_that_was_half_placed_in_the_backup_is_not_written_again(
    connection: Connection, elsewhere: Elsewhere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("kloppend.sync.pipeline.place", lambda *_: [])
        run(connection, NOON)
    backup = back_up(tmp_path / "backups")
    placed = run(connection, NOON)
    folder = folder_of(connection)
    (folder / placed[0].name).unlink()  # somebody imported it and took it away

    elsewhere("kloppend_after")
    restore(backup.path, RESTORED)
    restored = Connection.objects.get()
    assert not run(restored, RESTORED)
    assert not list(folder.glob("*.xml"))
    half = verifying.look(restored).half_placed
    assert [(file.name, file.in_folder) for file in half] == [(placed[0].name, False)]
    verifying.confirm(restored.pk, [placed[0].name], RESTORED)
    assert not run(restored, DAY_AFTER)
    assert not list(folder.glob("*.xml"))
    assert set(Order.objects.filter(invoices__isnull=False).values_list("state", flat=True)) == {"delivered"}


def test_confirming_needs_a_fetch_since_the_restore_and_names_from_the_list(
    connection: Connection, store: SimulatedStore, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    run(connection, NOON)
    backup = back_up(tmp_path / "backups")
    elsewhere("kloppend_after")
    restore(backup.path, RESTORED)
    restored = Connection.objects.get()
    with pytest.raises(verifying.NotFetchedYet):
        verifying.confirm(restored.pk, [], RESTORED)
    store.faults.switch_on(Fault.STATUS, "403")
    run(restored, DAY_AFTER)
    with pytest.raises(verifying.NotFetchedYet):
        verifying.confirm(restored.pk, [], DAY_AFTER)
    store.faults.switch_off()
    run(restored, DAY_AFTER)
    with pytest.raises(verifying.UnknownChoice, match="999"):
        verifying.confirm(restored.pk, ["999"], DAY_AFTER)
    assert Connection.objects.get().verify_before_sending


def test_everything_comes_back_as_it_was_and_counting_goes_on(
    connection: Connection, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    run(connection, NOON)
    before = {order.shop_order_id: (order.state, order.fingerprint, order.total) for order in Order.objects.all()}
    content = {batch.name: bytes(batch.content.content) for batch in Batch.objects.all()}
    backup = back_up(tmp_path / "backups")
    assert backup.path.stat().st_mode & 0o777 == 0o600
    assert list(backup.end.files.values()) == [batch.sha256 for batch in Batch.objects.all()]
    elsewhere("kloppend_after")
    restore(backup.path, RESTORED)
    assert before == {o.shop_order_id: (o.state, o.fingerprint, o.total) for o in Order.objects.all()}
    assert content == {batch.name: bytes(batch.content.content) for batch in Batch.objects.all()}
    assert Run.objects.create(connection_id=connection.pk, why="person", started_at=NOON).pk > 1
    with pytest.raises(Exception, match="written once"):
        Event.objects.update(kind="else")


def test_a_database_with_connections_is_not_overwritten_unless_asked(connection: Connection, tmp_path: Path) -> None:
    backup = back_up(tmp_path)
    Connection.objects.update(name="Later")
    with pytest.raises(RestoreError, match="empty"):
        restore(backup.path, RESTORED)
    restore(backup.path, RESTORED, replace=True)
    assert Connection.objects.get().name == "De Proef"


@pytest.mark.parametrize("spoil", ["cut", "flip", "swap", "text"])
def test_a_damaged_backup_changes_nothing(connection: Connection, tmp_path: Path, spoil: str, monkeypatch: Any) -> None:
    monkeypatch.setattr("kloppend.upkeep.sealed_stream.PIECE", 4096)
    path = back_up(tmp_path).path
    content = bytearray(path.read_bytes())
    if spoil == "cut":
        content = content[: len(content) // 2]
    elif spoil == "flip":
        content[len(content) // 2] ^= 1
    elif spoil == "text":
        content = bytearray(b"not a backup at all, just some text")
    else:
        head, size = len(b"KLOPPEND BACKUP 1\n"), 4 + int.from_bytes(content[18:22])
        content[head : head + 2 * size] = content[head + size : head + 2 * size] + content[head : head + size]
    path.write_bytes(content)
    with pytest.raises(SealedFileError):
        restore(path, RESTORED, replace=True)
    row = Connection.objects.get()
    assert (row.name, row.verify_before_sending) == ("De Proef", False)


def test_other_keys_open_nothing(connection: Connection, tmp_path: Path, settings: Any) -> None:
    path = back_up(tmp_path).path
    settings.KLOPPEND_HASH_KEY = "another one"
    with pytest.raises(RestoreError, match="KLOPPEND_HASH_KEY"):
        restore(path, RESTORED, replace=True)
    settings.KLOPPEND_ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    with pytest.raises(SealedFileError, match="other keys"):
        restore(path, RESTORED, replace=True)
    assert b"De Proef" not in path.read_bytes()


def test_old_backups_are_removed_only_after_a_new_one_was_read_back(
    connection: Connection, tmp_path: Path, monkeypatch: Any
) -> None:
    kept = [back_up(tmp_path, keep=2).path for _ in range(3)]
    assert backups_in(tmp_path) == kept[1:]
    monkeypatch.setattr("kloppend.upkeep.backup.read", lambda *_: (_ for _ in ()).throw(SealedFileError("damaged")))
    with pytest.raises(SealedFileError):
        back_up(tmp_path, keep=1)
    assert sorted(tmp_path.iterdir()) == kept[1:]


def test_a_backup_is_of_one_moment(connection: Connection, tmp_path: Path, monkeypatch: Any) -> None:
    """What another process commits meanwhile is in none of the tables."""
    from kloppend.upkeep import tables

    copy_out = tables.copy_out
    done: list[str] = []

    def disturbed(table: str, columns: list[str], file: Any) -> Any:
        if not done:
            done.append(table)
            other = database.copy()
            with other.cursor() as cursor:
                cursor.execute("INSERT INTO records_merchant (name, email) VALUES ('meanwhile', '')")
            other.close()
        return copy_out(table, columns, file)

    monkeypatch.setattr(tables, "copy_out", disturbed)
    assert back_up(tmp_path).end.tables["records_merchant"].rows == 1
