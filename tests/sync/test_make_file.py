"""Files that a person asks for: now, or to try."""

import threading
from datetime import timedelta

import pytest
from django.db import connections

from kloppend.domain.problems import Problem, Refused
from kloppend.records.models import Batch, Connection, Invoice, Order
from kloppend.shops.opencart.simulator import Fault, SimulatedStore, StoreServer
from kloppend.sync.files.make_file import make_file_now, make_trial_file
from kloppend.sync.shops import shop_of
from tests.sync.conftest import NOON, sync
from tests.sync.test_pipeline import open_codes, placed
from tests.sync.test_process import change
from tests.sync.test_trouble import TOMORROW, state

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


@pytest.fixture
def settled(connection: Connection) -> Connection:
    """Four orders ready, the day's file not due for a long time."""
    change(connection, file_time="23:00")
    sync(connection)
    return Connection.objects.get(pk=connection.pk)


def now(connection: Connection) -> Batch:
    fresh = Connection.objects.get(pk=connection.pk)
    with shop_of(fresh) as shop:
        return make_file_now(fresh, shop, LATER, "user-7")


def trial(connection: Connection, *numbers: str) -> Batch:
    fresh = Connection.objects.get(pk=connection.pk)
    with shop_of(fresh) as shop:
        return make_trial_file(fresh, shop, numbers, LATER, "user-7")


def in_file(batch: Batch) -> list[str]:
    return list(batch.deliveries.order_by("pk").values_list("invoice__order__shop_order_id", flat=True))


def refusal(error: "pytest.ExceptionInfo[Refused]") -> str:
    return error.value.problem.code


def test_a_file_now_needs_no_run_before(connection: Connection) -> None:
    change(connection, file_time="23:00")
    batch = now(connection)
    assert (batch.kind, batch.state, batch.sequence) == (Batch.Kind.NOW, Batch.State.PLACED, 1)
    assert len(in_file(batch)) == 5
    assert [path.name for path in placed(connection)] == [batch.name]
    assert list(batch.events.values_list("kind", "by")) == [("sealed", "user-7"), ("placed", "")]
    assert not batch.verified


def test_as_often_as_wanted_and_the_daily_file_still_comes(settled: Connection, store: SimulatedStore) -> None:
    names = {now(settled).name}
    store.add_order(store.records[0])
    names.add(now(settled).name)
    last = store.add_order(store.records[0])
    change(settled, file_time="00:00")
    sync(settled)
    daily = Batch.objects.get(kind=Batch.Kind.DAILY)
    assert in_file(daily) == [last]
    assert len({daily.name, *names}) == 3
    assert list(Batch.objects.order_by("sequence").values_list("sequence", flat=True)) == [1, 2, 3]


def test_with_nothing_ready_there_is_no_file(settled: Connection) -> None:
    now(settled)
    with pytest.raises(Refused) as error:
        now(settled)
    assert refusal(error) == "NOTHING_TO_SEND"
    assert Batch.objects.count() == 1


def test_an_order_cancelled_a_moment_ago_stays_out(settled: Connection, store: SimulatedStore) -> None:
    store.set_status("1", "7")
    assert "1" not in in_file(now(settled))


def test_what_the_shop_cannot_show_now_stays_out(settled: Connection, store: SimulatedStore) -> None:
    store.faults.switch_on(Fault.STATUS, "503")
    with pytest.raises(Refused) as error:
        now(settled)
    assert refusal(error) == "NOTHING_TO_SEND"
    assert any(code.startswith("SHOP_") for _, code in open_codes(settled))


def test_a_file_that_does_not_add_up_says_so(settled: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = Problem.of("FILE_NAME_TAKEN", name="x", folder="y")
    monkeypatch.setattr("kloppend.books.asperion.axml.AxmlBooks.check", lambda *_: (wrong,))
    with pytest.raises(Refused) as error:
        now(settled)
    assert error.value.problem == wrong
    assert not Batch.objects.exists()


def test_a_trial_holds_exactly_the_chosen_orders_and_the_next_file_the_rest(settled: Connection) -> None:
    batch = trial(settled, "2", " 1 ")
    assert (batch.kind, in_file(batch)) == (Batch.Kind.TRIAL, ["1", "2"])
    change(settled, file_time="00:00")
    sync(settled)
    daily = Batch.objects.get(kind=Batch.Kind.DAILY)
    assert len(in_file(daily)) == 3
    assert not {"1", "2"} & set(in_file(daily))
    assert Invoice.objects.count() == 5


def test_a_trial_needs_no_run_before(connection: Connection) -> None:
    assert in_file(trial(connection, "1")) == ["1"]


@pytest.mark.parametrize("numbers", [(), ("",), ("1", "2", "3", "4")])
def test_a_trial_is_of_one_to_three(settled: Connection, numbers: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as error:
        trial(settled, *numbers)
    assert refusal(error) == "TRIAL_OF_ONE_TO_THREE"


def test_a_trial_with_an_order_that_is_not_ready_is_no_file(settled: Connection) -> None:
    with pytest.raises(Refused) as error:
        trial(settled, "1", "6")
    assert (refusal(error), error.value.problem.detail["order"]) == ("ORDER_NOT_READY", "6")
    assert not Batch.objects.exists()
    assert state("1") == (Order.State.READY, "")


def test_an_order_is_tried_once(settled: Connection) -> None:
    trial(settled, "1")
    with pytest.raises(Refused) as error:
        trial(settled, "1", "2")
    assert refusal(error) == "ORDER_ALREADY_FORWARDED"


def test_a_trial_looks_again_first(settled: Connection, store: SimulatedStore) -> None:
    store.set_status("1", "7")
    with pytest.raises(Refused) as error:
        trial(settled, "1")
    assert refusal(error) == "ORDER_NOT_READY"
    store.faults.switch_on(Fault.STATUS, "503")
    with pytest.raises(Refused) as error:
        trial(settled, "2")
    assert refusal(error).startswith("SHOP_")


@pytest.mark.django_db(transaction=True)
def test_two_at_once_share_the_orders_and_double_none(connection: Connection, server: StoreServer) -> None:
    change(connection, file_time="23:00")
    sync(connection)
    refused: list[str] = []

    def press() -> None:
        try:
            now(connection)
        except Refused as error:
            refused.append(error.problem.code)
        finally:
            connections.close_all()

    both = [threading.Thread(target=press) for _ in range(2)]
    for each in both:
        each.start()
    for each in both:
        each.join(timeout=60)
    assert refused == ["NOTHING_TO_SEND"]
    assert Batch.objects.count() == 1
    assert Invoice.objects.count() == 5
    sync(connection, TOMORROW)
    assert Invoice.objects.count() == 5
