"""Workers that share one access: real processes, real PostgreSQL, refresh tokens that each work once."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import transaction

from kloppend.books.asperion.simulator import Fault
from kloppend.books.asperion.simulator.simulated import CLIENT
from kloppend.domain.problems import Refused
from kloppend.records.tokens import RecordedTokens
from kloppend.sync.consent import administrations_of
from tests.faults.test_kills import environment, finish
from tests.sync.api_world import ApiWorld, api_world

pytestmark = pytest.mark.django_db(transaction=True)
CALLS = 100


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiWorld]:
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_ID", CLIENT.client_id)
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_SECRET", CLIENT.client_secret)
    with api_world() as made:
        yield made


def worker(world: ApiWorld, calls: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.faults.token_child", str(world.connection.pk), calls]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment())


def test_two_workers_share_tokens_that_live_for_a_second(world: ApiWorld) -> None:
    """Every refresh token works once; with one used twice, or an older one kept, calls would fail."""
    world.on(Fault.SHORT_LIVED, "1")
    world.consent(timedelta(0))
    working = [worker(world, str(CALLS)) for _ in range(2)]
    answered = [int(finish(process)) for process in working]
    assert answered == [CALLS, CALLS]
    assert world.asperion.identity.refreshes >= 1
    assert world.asperion.requests["POST /connect/token"] == world.asperion.identity.refreshes, "none was refused"


def test_a_worker_that_dies_during_the_rotation_leaves_no_lock(world: ApiWorld) -> None:
    world.consent(timedelta(0))
    assert finish(worker(world, "DIE")) == ""
    world.on(Fault.OLD_REFRESH_TOKENS_WORK, times=1)
    assert administrations_of(world.connection, "asperion_rest")
    world.heal()
    world.consent(timedelta(0))
    assert finish(worker(world, "DIE")) == ""
    with pytest.raises(Refused) as refused:
        administrations_of(world.connection, "asperion_rest")
    assert refused.value.problem.code == "BOOKS_ACCESS_LOST"
    world.consent()
    assert administrations_of(world.connection, "asperion_rest"), "access given again"


def test_tokens_are_never_kept_within_another_transaction(world: ApiWorld) -> None:
    """What an outer transaction takes back would leave us with a refresh token that was used."""
    with pytest.raises(RuntimeError), transaction.atomic(), RecordedTokens(world.connection.pk).lock():
        pass
