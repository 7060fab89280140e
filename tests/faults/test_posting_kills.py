"""A process that dies anywhere while it posts, or two at once, leave every order once in the books. `make kill-test
CHANNEL=api` does the same at every step; here are those around the first postings."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings

from kloppend.books.asperion.simulator import Fault
from kloppend.books.asperion.simulator.simulated import CLIENT
from kloppend.books.port import ApiBooks
from kloppend.records.models import Connection, Order
from kloppend.records.tokens import RecordedTokens
from kloppend.sync.master_data import look_daily
from kloppend.sync.means import means_of
from tests.faults.test_kills import finish, worker
from tests.sync.api_world import ApiWorld, api_world
from tests.sync.conftest import NOON, sync

pytestmark = pytest.mark.django_db(transaction=True)
LATER = (1, 4, 12, 24, 66, 68, 80, 140)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiWorld]:
    """Everything fetched, nothing posted: access is given by the test."""
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_ID", CLIENT.client_id)
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_SECRET", CLIENT.client_secret)
    with api_world("2.3.0.2") as made:
        Connection.objects.update(verify_before_sending=True)
        sync(made.connection)
        Connection.objects.update(verify_before_sending=False)
        assert Order.objects.filter(state=Order.State.READY).count() >= 3
        yield made


def carry_on(world: ApiWorld) -> None:
    for minutes in LATER:
        world.asperion.clock_offset = minutes * 60.0
        sync(world.connection, NOON + timedelta(minutes=minutes))


def assert_each_once(world: ApiWorld) -> None:
    delivered = Order.objects.filter(state=Order.State.DELIVERED)
    assert world.booked() == Counter(delivered.values_list("shop_order_id", flat=True))
    assert delivered.count() >= 3
    assert not Order.objects.filter(state__in=["ready", "sealed", "uncertain"]).exists()


@pytest.mark.parametrize("nth", range(2, 38, 6))
def test_killed_at_this_step_and_run_again(world: ApiWorld, nth: int) -> None:
    process = worker(world.connection, nth)
    printed = finish(process)
    assert process.returncode == -9, printed
    carry_on(world)
    assert_each_once(world)


def test_two_processes_at_once_post_each_once(world: ApiWorld) -> None:
    both = [worker(world.connection, 0), worker(world.connection, 0)]
    for process in both:
        finish(process)
    assert [process.returncode for process in both] == [0, 0]
    carry_on(world)
    assert_each_once(world)


def test_a_crash_during_the_rotation_of_tokens_costs_a_new_consent_and_no_invoice(world: ApiWorld) -> None:
    present = means_of(world.connection)
    assert isinstance(present.books, ApiBooks)
    look_daily(world.connection, present.choices, present.books, NOON)  # else that is what renews the tokens
    world.consent(valid=timedelta(0))
    process = worker(world.connection, _step_of_rotation(world))
    finish(process)
    assert process.returncode == -9
    sync(world.connection, NOON)
    assert world.connection.problems.filter(code="BOOKS_ACCESS_LOST", closed_at=None).exists()
    assert not world.invoices
    world.consent()
    carry_on(world)
    assert_each_once(world)
    assert not world.connection.problems.filter(code="BOOKS_ACCESS_LOST", closed_at=None).exists()


def _step_of_rotation(world: ApiWorld) -> int:
    """The first request after posting began is the one for new tokens: the step after it, before it is saved."""
    world.on(Fault.REFRESH_REFUSED)
    steps = finish(worker(world.connection, 0)).splitlines()
    world.heal()
    return next(int(step.split()[0]) for step in steps if step.endswith("after request"))


def test_two_processes_at_once_renew_the_tokens_once(world: ApiWorld) -> None:
    world.consent(valid=timedelta(0))
    both = [worker(world.connection, 0), worker(world.connection, 0)]
    for process in both:
        finish(process)
    assert world.asperion.identity.refreshes == 1
    tokens = RecordedTokens(world.connection.pk).load()
    assert tokens
    assert tokens.refresh_token in world.asperion.identity._refresh
    carry_on(world)
    assert_each_once(world)
