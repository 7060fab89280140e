"""What the database itself refuses, whatever the code above it does."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from kloppend.domain.problems import Problem as DomainProblem
from kloppend.records import problems
from kloppend.records.events import broken_at, record
from kloppend.records.models import (
    Administration,
    Batch,
    Connection,
    DebtorLink,
    Delivery,
    Event,
    Invoice,
    InvoiceLine,
    InvoiceParty,
    Merchant,
    Order,
    Problem,
    Shop,
)
from kloppend.records.secrets import email_hash

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def linked() -> Connection:
    return Connection.objects.create(
        merchant=Merchant.objects.create(name="Jansen"),
        name="Winkel",
        shop_kind="opencart",
        shop=Shop.objects.create(kind="opencart", shop_id="abc"),
        shop_address="https://winkel.example",
        api_key="zeer*geheim",
        administration=Administration.objects.create(kind="asperion_axml", label="ADM"),
    )


@pytest.fixture
def order(linked: Connection) -> Order:
    assert linked.shop
    return Order.objects.create(shop=linked.shop, connection=linked, shop_order_id="1")


def invoice(order: Order, **values: object) -> Invoice:
    amounts = {"total_ex_vat": "10.00", "total_vat": "2.10", "rounding": "0.00", "total_inc_vat": "12.10"}
    rest = {"amount_due": "12.10", "vat_summary": [], "payments": [], "warnings": [], "invoice_date": "2026-11-23"}
    return Invoice.objects.create(order=order, treatment="domestic", currency="EUR", **{**amounts, **rest, **values})


def batch(linked: Connection, **values: object) -> Batch:
    rest = {"business_date": "2026-11-23", "sequence": 1, "name": "a.xml", "sha256": "0" * 64, "size": 1}
    return Batch.objects.create(connection=linked, **{**rest, **values})


def refused() -> "pytest.RaisesExc[IntegrityError]":
    return pytest.raises(IntegrityError)


def test_an_order_is_one_row_per_shop_whatever_the_connection(order: Order, linked: Connection) -> None:
    other = Connection.objects.create(
        merchant=linked.merchant, name="Opnieuw", shop_kind="opencart", shop=linked.shop,
        shop_address="https://winkel.example", api_key="x", administration=linked.administration,
    )  # fmt: skip
    with refused():
        Order.objects.create(shop=order.shop, connection=other, shop_order_id="1")


def test_an_order_has_one_living_invoice(order: Order) -> None:
    first = invoice(order)
    with refused(), transaction.atomic():
        invoice(order, sequence=2)
    Invoice.objects.filter(pk=first.pk).update(void=True)
    invoice(order, sequence=2)


def test_credits_are_numbered(order: Order) -> None:
    nothing = {"total_ex_vat": "0.00", "total_vat": "0.00", "total_inc_vat": "0.00"}
    credited = invoice(order)
    with refused(), transaction.atomic():
        invoice(order, kind="credit", **nothing)
    invoice(order, kind="credit", credits=credited, **nothing)
    with refused():
        invoice(order, kind="credit", credits=credited, **nothing)


def test_a_second_invoice_only_after_the_first_is_credited(order: Order) -> None:
    first = invoice(order)
    back = {"total_ex_vat": "-10.00", "total_vat": "-2.10", "total_inc_vat": "-12.10"}
    invoice(order, kind="credit", credits=first, **back)
    with refused(), transaction.atomic():
        invoice(order, sequence=2)
    Invoice.objects.filter(pk=first.pk).update(credited=True)
    invoice(order, sequence=2)
    with refused(), transaction.atomic():
        Invoice.objects.filter(pk=first.pk).update(credited=False)


def test_what_is_void_stays_void(order: Order) -> None:
    made = invoice(order)
    Invoice.objects.filter(pk=made.pk).update(void=True)
    with refused():
        Invoice.objects.filter(pk=made.pk).update(void=False)


def test_an_invoice_that_does_not_add_up_is_not_stored(order: Order) -> None:
    with refused():
        invoice(order, total_inc_vat="12.11")


def test_amounts_lines_and_events_are_never_updated(order: Order) -> None:
    made = invoice(order)
    line = InvoiceLine.objects.create(
        invoice=made, position=1, kind="product", description="Thee", quantity=1, unit_price="10", vat_category="S",
        vat_rate="21", net="10.00", vat="2.10", why={},
    )  # fmt: skip
    event = record(order, "sealed", NOW)
    for change in (
        lambda: Invoice.objects.filter(pk=made.pk).update(amount_due=Decimal("1.00")),
        lambda: InvoiceLine.objects.filter(pk=line.pk).update(net=Decimal("1.00")),
        lambda: InvoiceLine.objects.filter(pk=line.pk).delete(),
        lambda: Event.objects.filter(pk=event.pk).update(kind="other"),
        lambda: Event.objects.filter(pk=event.pk).delete(),
    ):
        with refused(), transaction.atomic():
            change()


def test_an_invoice_has_one_delivery_and_an_external_id_one_invoice(order: Order, linked: Connection) -> None:
    assert linked.shop
    Delivery.objects.create(invoice=invoice(order), administration=linked.administration, external_id="77")
    second = invoice(Order.objects.create(shop=linked.shop, connection=linked, shop_order_id="2"))
    with refused(), transaction.atomic():
        Delivery.objects.create(invoice=second, administration=linked.administration, external_id="77")
    Delivery.objects.create(invoice=second, administration=linked.administration)
    with refused(), transaction.atomic():
        Delivery.objects.create(invoice=second, administration=linked.administration)


def test_one_daily_file_a_day_and_no_number_or_name_twice(linked: Connection) -> None:
    batch(linked)
    for twice in (
        {"sequence": 2, "name": "b.xml"},
        {"business_date": "2026-11-24", "name": "b.xml"},
        {"business_date": "2026-11-24", "sequence": 2},
    ):
        with refused(), transaction.atomic():
            batch(linked, **twice)
    batch(linked, kind="now", sequence=2, name="b.xml")


def test_a_customer_is_one_link_however_the_address_is_typed(linked: Connection) -> None:
    DebtorLink.objects.create(administration=linked.administration, email_hash=email_hash("An@Example.test "))
    with refused():
        DebtorLink.objects.create(administration=linked.administration, email_hash=email_hash("an@example.test"))


def test_one_open_problem_per_code_also_without_an_order(linked: Connection, order: Order) -> None:
    for subject in (None, order):
        Problem.objects.create(connection=linked, order=subject, code="X", source="t", opened_at=NOW)
        with refused(), transaction.atomic():
            Problem.objects.create(connection=linked, order=subject, code="X", source="t", opened_at=NOW)


def test_a_problem_closes_when_its_cause_is_gone_and_opens_again(linked: Connection, order: Order) -> None:
    changed = DomainProblem.of("ORDER_CHANGED_AFTER_BOOKING", order="1")
    for found in ([changed], [changed], [], [changed]):
        problems.now_stand(linked, order, found, NOW, source="keep")
    assert Problem.objects.filter(closed_at=None).count() == 1
    assert Problem.objects.count() == 2


def test_a_step_leaves_the_problems_of_other_steps_alone(linked: Connection) -> None:
    taken = DomainProblem.of("FILE_NAME_TAKEN", name="a.xml", folder="x")
    problems.now_stand(linked, None, [taken], NOW, source="place")
    problems.now_stand(linked, None, [], NOW, source="fetch")
    assert Problem.objects.filter(closed_at=None).count() == 1


def test_the_trail_is_whole_and_tampering_shows(order: Order) -> None:
    for kind in ("fetched", "ready", "sealed"):
        record(order, kind, NOW, total="12.10")
    assert broken_at(order) is None
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # what only the database's owner can do
        cursor.execute('UPDATE records_event SET detail = \'{"total": "1.00"}\' WHERE sequence = 2')
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert broken_at(order) == 2


def test_a_forged_event_shows_even_when_its_neighbours_were_adapted(order: Order) -> None:
    first, second, third = (record(order, kind, NOW, total="12.10") for kind in ("fetched", "ready", "sealed"))
    forged = record(order, "forged", NOW, total="1.00")  # gives us a hash that fits another content
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE records_event SET hash = %s WHERE id = %s", [forged.hash, second.pk])
        cursor.execute("UPDATE records_event SET previous_hash = %s WHERE id = %s", [forged.hash, third.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert broken_at(order) == 2
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE records_event SET previous_hash = %s WHERE id = %s", ["1" * 64, second.pk])
        cursor.execute("UPDATE records_event SET hash = %s WHERE id = %s", ["1" * 64, first.pk])
        cursor.execute("UPDATE records_event SET hash = %s WHERE id = %s", [second.hash, second.pk])
        cursor.execute("UPDATE records_event SET previous_hash = %s WHERE id = %s", [second.hash, third.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert broken_at(order) == 1


def test_the_hash_of_an_event_covers_the_one_before(order: Order, linked: Connection) -> None:
    assert linked.shop
    other = Order.objects.create(shop=linked.shop, connection=linked, shop_order_id="2")
    record(order, "fetched", NOW, total="12.10")
    record(other, "fetched", NOW, total="99.99")
    same = [record(each, "ready", NOW, reason="") for each in (order, other)]
    assert same[0].hash != same[1].hash


def test_an_event_taken_out_of_the_middle_shows(order: Order) -> None:
    for kind in ("fetched", "ready", "sealed"):
        record(order, kind, NOW)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # what only the database's owner can do
        cursor.execute("DELETE FROM records_event WHERE sequence = 2")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert broken_at(order) == 3


def test_the_api_key_is_not_in_the_database_in_the_clear(linked: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT api_key FROM records_connection WHERE id = %s", [linked.pk])
        (stored,) = cursor.fetchone()
    assert "geheim" not in stored
    assert Connection.objects.get(pk=linked.pk).api_key == "zeer*geheim"


def test_erasing_a_person_leaves_amounts_and_trail(order: Order) -> None:
    made = invoice(order)
    InvoiceParty.objects.create(invoice=made, content=b'{"name": "Jan"}')
    record(order, "sealed", NOW)
    InvoiceParty.objects.all().delete()
    assert Invoice.objects.get(pk=made.pk).total_inc_vat == Decimal("12.10")
    assert broken_at(order) is None
