"""PDFs beside what was posted: only where the merchant wants them, and never a reason to post again."""

from collections.abc import Iterator

import pytest
import stamina
from django.conf import settings

from kloppend.books.asperion.simulator import Fault
from kloppend.books.asperion.simulator.simulated import CLIENT
from kloppend.records.models import Delivery
from tests.sync.api_world import ApiWorld, api_world
from tests.sync.conftest import sync
from tests.sync.test_pipeline import open_codes
from tests.sync.test_posting import INVOICES, after, all_right

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiWorld]:
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_ID", CLIENT.client_id)
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_SECRET", CLIENT.client_secret)
    with stamina.set_testing(True, attempts=3, cap=True), api_world(attach_pdf="copy") as made:
        yield made


def files(world: ApiWorld) -> list[str]:
    return sorted(str(row["invoice"]) for row in world.asperion.administrations[1].files)


def test_off_unless_the_merchant_wants_it(world: ApiWorld) -> None:
    world.connection.settings["attach_pdf"] = "no"
    world.connection.save()
    sync(world.connection)
    all_right(world)
    assert not files(world)


def test_each_invoice_gets_one(world: ApiWorld) -> None:
    sync(world.connection)
    after(world, hours=1)
    all_right(world)
    assert files(world) == sorted(str(row["id"]) for row in world.invoices)
    assert not Delivery.objects.filter(attached_at=None).exists()


@pytest.mark.parametrize("fault", [Fault.LOST_REQUEST, Fault.ERROR_BEFORE, Fault.NOT_JSON])
def test_failing_it_is_tried_again_apart_and_nothing_is_posted_again(world: ApiWorld, fault: Fault) -> None:
    world.on(fault, "/file")
    for hours in (0, 3, 6, 9, 12):
        after(world, hours=hours)
    all_right(world)
    posts = world.asperion.requests[f"POST {INVOICES}"]
    assert posts == len(world.invoices) + 1
    assert {code for _, code in open_codes(world.connection)} >= {"PDF_NOT_ATTACHED"}
    tries = world.asperion.requests.total()
    assert after(world, hours=15).nothing_new
    assert world.asperion.requests.total() == tries


def test_it_comes_after_all_when_the_books_are_well_again(world: ApiWorld) -> None:
    world.on(Fault.LOST_REQUEST, "/file")
    sync(world.connection)
    world.heal()
    after(world, hours=3)
    assert files(world) == sorted(str(row["id"]) for row in world.invoices)
    assert "PDF_NOT_ATTACHED" not in {code for _, code in open_codes(world.connection)}
