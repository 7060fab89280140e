"""Handing a file out, and what only a person can say: that it was imported."""

import threading

import pytest
from django.db import connections

from kloppend.domain.problems import Refused
from kloppend.records.models import Batch, BatchContent, Connection, Order
from kloppend.sync.files.download import open_download
from kloppend.sync.files.folders import folder_of
from kloppend.sync.files.imported import mark_imported, unmark_imported
from kloppend.sync.files.recall import recall
from tests.sync.conftest import sync
from tests.sync.test_recall import LATER

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(connection: Connection) -> Batch:
    """The day's file, in its place."""
    sync(connection)
    return Batch.objects.get()


def refusal_of(batch: Batch) -> str:
    with pytest.raises(Refused) as refused:
        open_download(batch, LATER, "user-7")
    return refused.value.problem.code


def test_every_download_gives_the_same_bytes_and_the_second_warns(connection: Connection, batch: Batch) -> None:
    first, second = (open_download(batch, LATER, "user-7") for _ in range(2))
    assert (first.again, second.again) == (False, True)
    assert first.name == batch.name
    assert first.content == second.content == (folder_of(connection) / batch.name).read_bytes()
    assert Batch.objects.get().state == Batch.State.FETCHED
    assert list(batch.events.values_list("kind", "by"))[-2:] == [("fetched", "user-7"), ("fetched", "user-7")]


def test_that_it_was_fetched_is_committed_before_the_first_byte(batch: Batch) -> None:
    open_download(batch, LATER, "user-7")  # nobody reads the bytes
    assert open_download(batch, LATER, "user-7").again


def test_a_recalled_file_is_not_handed_out(batch: Batch) -> None:
    recall(batch, LATER, "user-7")
    assert refusal_of(batch) == "FILE_RECALLED"
    with pytest.raises(Refused):
        mark_imported(batch, LATER, "user-7")


def test_a_file_not_in_its_place_yet_is_not_handed_out(batch: Batch) -> None:
    Batch.objects.update(state=Batch.State.SEALED)
    assert refusal_of(batch) == "FILE_NOT_READY"
    assert Batch.objects.get().state == Batch.State.SEALED


def test_an_erased_file_is_not_handed_out(batch: Batch) -> None:
    BatchContent.objects.all().delete()
    assert refusal_of(batch) == "FILE_ERASED"
    assert Batch.objects.get().state == Batch.State.PLACED


def test_imported_is_what_a_person_says_and_takes_back(connection: Connection, batch: Batch) -> None:
    assert mark_imported(batch, LATER, "user-7").imported_by == "user-7"
    assert mark_imported(batch, LATER, "user-8").imported_by == "user-7"
    assert open_download(batch, LATER, "user-7").again
    cleared = unmark_imported(batch, LATER, "user-8")
    assert (cleared.imported_at, cleared.imported_by) == (None, "")
    unmark_imported(batch, LATER, "user-8")
    kinds = list(batch.events.values_list("kind", "by"))[2:]
    assert kinds == [("imported", "user-7"), ("fetched", "user-7"), ("not_imported", "user-8")]
    assert Order.objects.filter(state=Order.State.DELIVERED).count() == 5


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("attempt", range(5))
def test_a_file_is_either_downloaded_or_recalled(connection: Connection, attempt: int) -> None:
    sync(connection)
    batch = Batch.objects.get()
    done: list[str] = []
    codes: list[str] = []
    start = threading.Barrier(2)

    def press(name: str) -> None:
        start.wait()
        try:
            recall(batch, LATER, "a") if name == "recall" else open_download(batch, LATER, "b")
            done.append(name)
        except Refused as refused:
            codes.append(refused.problem.code)
        finally:
            connections.close_all()

    both = [threading.Thread(target=press, args=(name,)) for name in ("recall", "download")]
    for each in both:
        each.start()
    for each in both:
        each.join(timeout=60)
    assert codes == ["FILE_ALREADY_TAKEN" if done == ["download"] else "FILE_RECALLED"]
    assert Batch.objects.get().state == ("recalled" if done == ["recall"] else "fetched")
    in_folder = (folder_of(connection) / batch.name).exists()
    assert in_folder == (done == ["download"])
