"""Recalling a file that nobody took; and not recalling one that somebody may have taken."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from kloppend.domain.problems import Refused
from kloppend.records.events import broken_at
from kloppend.records.models import Batch, BatchContent, Connection, Delivery, Invoice, Order, OrderSnapshot
from kloppend.shops.opencart.simulator import SimulatedStore
from kloppend.sync.files.download import open_download
from kloppend.sync.files.folders import folder_of
from kloppend.sync.files.imported import mark_imported, unmark_imported
from kloppend.sync.files.local_place import STAGING
from kloppend.sync.files.recall import recall
from tests.sync.conftest import NOON, sync
from tests.sync.test_make_file import in_file, now, trial
from tests.sync.test_pipeline import open_codes, placed
from tests.sync.test_process import change
from tests.sync.test_trouble import TOMORROW, state

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def batch(connection: Connection) -> Batch:
    """The day's file, in its place."""
    sync(connection)
    return Batch.objects.get()


def refusal(batch: Batch, *, not_in_books: bool = False) -> str:
    with pytest.raises(Refused) as refused:
        recall(batch, LATER, "user-7", not_in_books=not_in_books)
    return refused.value.problem.code


def test_a_recalled_file_is_gone_and_its_orders_go_into_the_next(connection: Connection, batch: Batch) -> None:
    numbers = in_file(batch)
    assert recall(batch, LATER, "user-7").state == Batch.State.RECALLED
    assert not [path for path in folder_of(connection).rglob("*") if path.is_file()]
    assert not Invoice.objects.filter(void=False).exists()
    assert Delivery.objects.count() == 5
    assert Order.objects.filter(state=Order.State.READY).count() == 5
    assert list(batch.events.values_list("kind", "by"))[-1] == ("recalled", "user-7")
    again = now(connection)
    assert sorted(in_file(again)) == sorted(numbers)
    assert again.sequence == 2
    assert Invoice.objects.filter(void=False).count() == 5
    assert set(Invoice.objects.filter(void=False).values_list("sequence", flat=True)) == {2}
    assert all(broken_at(order) is None for order in Order.objects.all())


def test_a_file_that_a_backup_brought_back_counts_as_taken(connection: Connection, batch: Batch) -> None:
    Connection.objects.filter(pk=connection.pk).update(restored_at=NOON + timedelta(minutes=30))
    assert refusal(batch, not_in_books=False) == "FILE_ALREADY_TAKEN"
    assert open_download(batch, LATER, "user-7").again
    made_since = Batch.objects.create(
        connection=connection,
        business_date=batch.business_date,
        sequence=9,
        kind="now",
        name="x.xml",
        size=1,
        state=Batch.State.PLACED,
        placed_at=LATER,
    )
    BatchContent.objects.create(batch=made_since, content=b"x")
    assert not open_download(made_since, LATER, "user-7").again


def test_the_day_s_file_is_not_made_twice_but_the_next_day_s_holds_them(connection: Connection, batch: Batch) -> None:
    recall(batch, LATER, "user-7")
    sync(connection, LATER)
    assert Batch.objects.count() == 1
    sync(connection, TOMORROW)
    assert len(in_file(Batch.objects.get(sequence=2))) == 5


def test_a_file_sealed_but_not_placed_can_be_recalled(connection: Connection) -> None:
    folder = folder_of(connection)
    folder.parent.mkdir(parents=True)
    folder.write_text("in the way")
    sync(connection)
    recall(Batch.objects.get(), LATER, "user-7")
    folder.unlink()
    sync(connection, LATER)
    assert not folder.exists()
    assert Batch.objects.get().state == Batch.State.RECALLED


def test_a_file_taken_out_of_the_folder_is_beyond_recall(connection: Connection, batch: Batch) -> None:
    (folder_of(connection) / batch.name).unlink()
    assert refusal(batch) == "FILE_ALREADY_TAKEN"
    assert state("1") == (Order.State.DELIVERED, "")
    assert Invoice.objects.filter(void=False).count() == 5


def test_a_file_half_placed_and_then_taken_is_beyond_recall(connection: Connection, batch: Batch) -> None:
    Batch.objects.update(state=Batch.State.STAGED)
    (folder_of(connection) / batch.name).unlink()
    assert refusal(batch) == "FILE_ALREADY_TAKEN"


def test_a_downloaded_file_is_beyond_recall(connection: Connection, batch: Batch) -> None:
    open_download(batch, LATER, "user-7")
    assert refusal(batch) == "FILE_ALREADY_TAKEN"
    assert [path.name for path in placed(connection)] == [batch.name]


def test_a_file_somebody_changed_is_beyond_recall(connection: Connection, batch: Batch) -> None:
    (folder_of(connection) / batch.name).write_bytes(b"edited")
    assert refusal(batch) == "FILE_ALREADY_TAKEN"
    assert (folder_of(connection) / batch.name).read_bytes() == b"edited"


def test_an_imported_file_is_beyond_recall(batch: Batch) -> None:
    mark_imported(batch, LATER, "user-7")
    assert refusal(batch, not_in_books=True) == "FILE_MARKED_AS_IMPORTED"


def test_a_recalled_file_stays_recalled(batch: Batch) -> None:
    recall(batch, LATER, "user-7")
    assert refusal(batch) == "FILE_RECALLED"
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.update(state=Batch.State.PLACED)


def test_a_folder_that_is_not_there_tells_nothing(connection: Connection, batch: Batch) -> None:
    folder = folder_of(connection)
    folder.rename(folder.with_name("unmounted"))
    assert refusal(batch) == "FOLDER_NOT_WRITABLE"
    assert Batch.objects.get().state == Batch.State.PLACED


def test_a_trial_tried_and_deleted_again_can_be_recalled_on_a_person_s_word(connection: Connection) -> None:
    change(connection, file_time="23:00")
    sync(connection)
    batch = trial(connection, "1")
    Batch.objects.update(verified=False)
    open_download(batch, LATER, "user-7")
    mark_imported(batch, LATER, "user-7")
    unmark_imported(batch, LATER, "user-7")
    assert refusal(batch) == "FILE_ALREADY_TAKEN"
    recall(batch, LATER, "user-7", not_in_books=True)
    assert batch.events.last().detail == {"stated": "not in the books"}  # type: ignore[union-attr]
    assert not placed(connection)
    assert state("1") == (Order.State.READY, "")


def test_a_person_s_word_is_not_enough_for_a_real_file(connection: Connection) -> None:
    change(connection, file_time="23:00")
    sync(connection)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kloppend.books.asperion.axml.AxmlBooks.verified", True)
        batch = now(connection)
    assert batch.verified
    open_download(batch, LATER, "user-7")
    assert refusal(batch, not_in_books=True) == "FILE_ALREADY_TAKEN"


def test_an_order_deleted_in_the_shop_since_is_not_booked_from_memory(
    connection: Connection, batch: Batch, store: SimulatedStore
) -> None:
    store.remove_order("1")
    sync(connection, LATER)
    recall(batch, LATER, "user-7")
    assert state("1") == (Order.State.WAITING, "NOT_CONFIRMED")
    assert ("1", "ORDER_GONE_AFTER_BOOKING") not in open_codes(connection)
    assert not OrderSnapshot.objects.filter(order__shop_order_id="1").exists()
    assert "1" not in in_file(now(connection))


def test_an_order_unreadable_since_is_not_booked_from_memory(
    connection: Connection, batch: Batch, store: SimulatedStore
) -> None:
    store.change_order("1", total="vijf euro")
    sync(connection, LATER)
    recall(batch, LATER, "user-7")
    assert state("1")[0] == Order.State.REFUSED
    assert "1" not in in_file(now(connection))
    store.change_order("1", total="567.4949")
    assert in_file(now(connection)) == ["1"]


def test_an_order_changed_since_goes_along_as_it_is_now(
    connection: Connection, batch: Batch, store: SimulatedStore
) -> None:
    store.change_order("1", payment_city="Amersfoort")
    sync(connection, LATER)
    assert ("1", "ORDER_CHANGED_AFTER_BOOKING") in open_codes(connection)
    recall(batch, LATER, "user-7")
    assert ("1", "ORDER_CHANGED_AFTER_BOOKING") not in open_codes(connection)
    assert b"Amersfoort" in bytes(now(connection).content.content)
    sync(connection, TOMORROW)
    assert state("1") == (Order.State.DELIVERED, "")


def test_an_order_cancelled_since_is_not_sent_again(
    connection: Connection, batch: Batch, store: SimulatedStore
) -> None:
    store.set_status("1", "7")
    sync(connection, LATER)
    recall(batch, LATER, "user-7")
    assert state("1") == (Order.State.SKIPPED, "CANCELLED")


def test_with_wrong_settings_recalled_orders_wait(connection: Connection, batch: Batch) -> None:
    change(connection, file_time="laat")
    recall(Batch.objects.get(), LATER, "user-7")
    assert state("1") == (Order.State.WAITING, "")
    change(connection, file_time="23:00")
    sync(connection, LATER)
    assert state("1") == (Order.State.READY, "")


def test_a_foreign_file_of_that_name_is_left_alone(connection: Connection, batch: Batch) -> None:
    folder = folder_of(connection)
    (folder / batch.name).rename(folder / STAGING / batch.name)
    (folder / batch.name).write_bytes(b"somebody else's")
    Batch.objects.update(state=Batch.State.STAGED)
    assert recall(batch, LATER, "user-7").state == Batch.State.RECALLED
    assert (folder / batch.name).read_bytes() == b"somebody else's"
    assert not (folder / STAGING / batch.name).exists()
