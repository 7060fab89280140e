"""A process that dies anywhere leaves every credit note in one file, in none twice; a recall brings it back once."""

from collections import Counter
from decimal import Decimal

import pytest
from lxml import etree

from kloppend.domain.crediting import Wanted
from kloppend.records.events import broken_at
from kloppend.records.models import Batch, Connection, Delivery, Invoice, Order
from kloppend.sync.credits.proposals import make_credit
from kloppend.sync.files.folders import folder_of
from tests.faults.test_kills import finish, ready, worker  # noqa: F401
from tests.sync.conftest import NOON, sync
from tests.sync.test_trouble import TOMORROW

STEPS, RECALL_STEPS = 22, 14
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def credited(ready: Connection) -> Connection:  # noqa: F811
    """The day's file is placed. One order is credited in full and to be invoiced again, another in part."""
    ready.settings["books_options"] = {"switches": {"credit_notes": "negative"}}
    ready.save()
    sync(ready)
    first, second = Order.objects.filter(state="delivered").order_by("pk")[:2]
    make_credit(ready, first, "all", NOON, "user-7", "changed", seen=0, again=True)
    make_credit(ready, second, [Wanted(position=1, gross=Decimal("1.00"))], NOON, "user-7", "goodwill", seen=0)
    return ready


def in_files(connection: Connection) -> Counter[tuple[str, str]]:
    """How often each order number stands in the files with each total, found without our own reader."""
    paths = [path for path in folder_of(connection).rglob("*") if path.is_file()]
    orders = [order for path in paths for order in etree.fromstring(path.read_bytes()).iter("Order")]
    return Counter((order.findtext("OrderNumber", ""), order.findtext("TotalIncVat", "")) for order in orders)


def assert_everything_once(connection: Connection) -> None:
    living = Invoice.objects.filter(void=False).select_related("order")
    wanted = Counter((each.order.shop_order_id, str(each.total_inc_vat)) for each in living)
    assert in_files(connection) == wanted
    assert sum(Decimal(total) < 0 for _, total in wanted) == 2
    assert Delivery.objects.filter(invoice__void=False).count() == living.count()
    first = living.get(credited=True).order
    assert first.invoices.filter(kind="invoice", void=False, credited=False).count() == 1
    assert not Order.objects.filter(state__in=["ready", "sealed"]).exists()
    assert all(broken_at(order) is None for order in Order.objects.all())


def test_the_kills_below_cover_every_step(credited: Connection) -> None:
    printed = finish(worker(credited, 0, at=TOMORROW)).splitlines()
    assert len(printed) == STEPS, printed
    assert_everything_once(credited)
    printed = finish(worker(credited, 0, "recall", at=TOMORROW)).splitlines()
    assert len(printed) == RECALL_STEPS, printed


@pytest.mark.parametrize("nth", range(1, STEPS + 1))
def test_killed_at_this_step_and_run_again(credited: Connection, nth: int) -> None:
    process = worker(credited, nth, at=TOMORROW)
    printed = finish(process)
    assert process.returncode == -9, printed
    sync(credited, TOMORROW)
    assert_everything_once(credited)
    sync(credited, TOMORROW)
    assert_everything_once(credited)
    assert Batch.objects.count() == 2


@pytest.mark.parametrize("nth", range(1, RECALL_STEPS + 1))
def test_a_recall_killed_at_this_step_happened_or_not(credited: Connection, nth: int) -> None:
    sync(credited, TOMORROW)
    process = worker(credited, nth, "recall", at=TOMORROW)
    printed = finish(process)
    assert process.returncode == -9, printed
    sync(credited, TOMORROW)
    sync(credited, TOMORROW + (TOMORROW - NOON))
    assert_everything_once(credited)


def test_two_processes_at_once_send_every_credit_note_once(credited: Connection) -> None:
    both = [worker(credited, 0, at=TOMORROW), worker(credited, 0, at=TOMORROW)]
    for process in both:
        finish(process)
    assert [process.returncode for process in both] == [0, 0]
    assert_everything_once(credited)
    assert Batch.objects.count() == 2
