"""One e-mail address with two customers waits for a person; guests without an address are never taken for one."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import stamina
from django.conf import settings

from kloppend.books.asperion.simulator.simulated import CLIENT
from kloppend.domain.problems import Refused
from kloppend.records.models import Connection, DebtorLink, InvoiceParty, KnownCustomer, Order, Problem
from kloppend.records.secrets import email_hash
from kloppend.shops.opencart.simulator import SimulatedStore
from kloppend.sync.customers import decide_customer, undecided
from kloppend.upkeep.tables import our_tables
from tests.sync.api_world import ApiWorld, api_world
from tests.sync.conftest import NOON, sync
from tests.sync.test_pipeline import open_codes

pytestmark = pytest.mark.django_db
ONE, TWO, THREE = "1", "2", "3"
ADDRESS = "inkoop@example.nl"


def company(store: SimulatedStore, number: str, name: str, email: str = ADDRESS) -> None:
    store.change_order(number, email=email, payment_company=name)


def state(number: str) -> str:
    return Order.objects.get(shop_order_id=number).state


def codes(number: str) -> set[str]:
    return set(Problem.objects.filter(order__shop_order_id=number, closed_at=None).values_list("code", flat=True))


@pytest.fixture
def two(connection: Connection, store: SimulatedStore) -> Connection:
    """After a run in which the second order had the first one's address and another company."""
    company(store, ONE, "De Zon B.V.")
    company(store, TWO, "De Maan", email="Inkoop@EXAMPLE.nl")
    sync(connection)
    return connection


def test_the_second_company_waits_and_holds_up_nobody(two: Connection) -> None:
    assert state(ONE) == Order.State.DELIVERED
    assert state(TWO) == Order.State.REFUSED
    assert codes(TWO) == {"SAME_EMAIL_OTHER_CUSTOMER"}
    assert Order.objects.filter(state=Order.State.DELIVERED).count() >= 3
    (question,) = undecided(two)
    assert question.debtor.name == "De Maan"
    assert [row.order.shop_order_id for row in question.known] == [ONE]


def test_the_same_company_in_another_spelling_is_no_question(connection: Connection, store: SimulatedStore) -> None:
    company(store, ONE, "De Zon B.V.")
    company(store, TWO, "DE ZON")
    sync(connection)
    assert (state(ONE), state(TWO)) == (Order.State.DELIVERED, Order.State.DELIVERED)
    rows = KnownCustomer.objects.filter(email_hash=email_hash(ADDRESS))
    assert {row.how for row in rows} == {"first"}
    assert DebtorLink.objects.filter(email_hash=email_hash(ADDRESS)).count() == 1


def test_same_is_kept_and_counts_for_later_orders(two: Connection, store: SimulatedStore) -> None:
    link = DebtorLink.objects.get(email_hash=email_hash(ADDRESS))
    assert decide_customer(two, TWO, "same", str(link.pk), NOON, "7") == [TWO]
    assert state(TWO) == Order.State.READY
    kept = KnownCustomer.objects.get(how="same")
    assert (kept.link, kept.decided_by, kept.order.shop_order_id) == (link, "7", TWO)
    company(store, THREE, "de maan b.v.")
    with pytest.raises(Refused):
        decide_customer(two, TWO, "same", str(link.pk), NOON, "7")
    sync(two)
    assert codes(THREE) & {"SAME_EMAIL_OTHER_CUSTOMER"} == set()


def test_in_a_file_another_customer_needs_a_number(two: Connection) -> None:
    with pytest.raises(Refused) as refused:
        decide_customer(two, TWO, "different", "", NOON, "7")
    assert refused.value.problem.code == "DEBTOR_CHOICE_INVALID"
    for wrong in ("", "x" * 61, "a\nb"):
        with pytest.raises(Refused):
            decide_customer(two, TWO, "number", wrong, NOON, "7")
    decide_customer(two, TWO, "number", "10502", NOON, "7")
    link = DebtorLink.objects.get(number="10502")
    assert (link.ordinal, link.how, link.told_by) == (2, "chosen", "7")
    assert state(TWO) == Order.State.READY


def test_the_number_goes_into_the_file(two: Connection) -> None:
    decide_customer(two, TWO, "number", "10502", NOON, "7")
    sync_again = two.batches.count()
    sync(two, NOON + timedelta(days=1))
    assert two.batches.count() == sync_again + 1
    content = bytes(two.batches.latest("pk").content.content).decode()
    assert "<DebtorNumber>10502</DebtorNumber>" in content


def test_a_decision_about_an_unknown_choice_changes_nothing(two: Connection) -> None:
    with pytest.raises(Refused):
        decide_customer(two, TWO, "same", "999999", NOON, "7")
    with pytest.raises(Refused):
        decide_customer(two, ONE, "number", "1", NOON, "7")
    assert not KnownCustomer.objects.filter(how__in=KnownCustomer.BY_A_PERSON).exists()


def test_guests_wait_or_go_to_the_collective_debtor(connection: Connection, store: SimulatedStore) -> None:
    store.change_order(ONE, email="")
    store.change_order(TWO, email="x9@marketplace.amazon.nl")
    connection.settings["not_customers"] = ["*@marketplace.amazon.*"]
    connection.save()
    sync(connection)
    assert codes(ONE) == {"CUSTOMER_WITHOUT_EMAIL"}
    assert codes(TWO) == {"CUSTOMER_EMAIL_NOT_THEIRS"}
    connection.settings["guest_debtor"] = "99999"
    connection.save()
    sync(connection)
    assert (state(ONE), state(TWO)) == (Order.State.READY, Order.State.READY)
    sync(connection, NOON + timedelta(days=1))
    content = bytes(connection.batches.latest("pk").content.content).decode()
    assert content.count("<DebtorNumber>99999</DebtorNumber>") == 2
    assert "amazon" not in content
    parties = InvoiceParty.objects.filter(invoice__order__shop_order_id__in=[ONE, TWO])
    assert all(b"amazon" not in bytes(party.content) for party in parties)
    known = KnownCustomer.objects.filter(order__shop_order_id__in=[ONE, TWO])
    assert not known.exists()


def test_an_empty_address_has_no_hash() -> None:
    for nothing in ("", "  "):
        with pytest.raises(ValueError, match="empty"):
            email_hash(nothing)


def test_what_is_kept_of_customers_tells_nobody_who_they_are(two: Connection) -> None:
    assert "records_knowncustomer" in our_tables()
    row = KnownCustomer.objects.get(order__shop_order_id=ONE)
    kept = f"{row.email_hash}{row.company_hash}{row.vat_hash}"
    assert "zon" not in kept
    assert len(row.company_hash) == 64


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[ApiWorld]:
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_ID", CLIENT.client_id)
    monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_SECRET", CLIENT.client_secret)
    with stamina.set_testing(True, attempts=3, cap=True), api_world() as made:
        yield made


def booked_on(world: ApiWorld, number: str) -> str:
    (found,) = (row for row in world.invoices if row["description"].split()[1] == number)
    return str(found["debtorCustomerNumber"])


def test_another_customer_of_the_address_gets_a_debtor_of_their_own(world: ApiWorld) -> None:
    company(world.store, ONE, "De Zon B.V.")
    company(world.store, TWO, "De Maan")
    company(world.store, THREE, "De Maan BV")
    sync(world.connection)
    assert codes(TWO) == {"SAME_EMAIL_OTHER_CUSTOMER"}
    evidence = DebtorLink.objects.get(email_hash=email_hash(ADDRESS))
    assert (evidence.number, evidence.how) == (booked_on(world, ONE), "made")
    decide_customer(world.connection, TWO, "different", "", NOON, "7")
    sync(world.connection)
    assert state(TWO) == Order.State.DELIVERED
    assert booked_on(world, TWO) != booked_on(world, ONE)
    if state(THREE) == Order.State.DELIVERED:
        assert booked_on(world, THREE) == booked_on(world, TWO)
    names = {row["customerNumber"]: row["name"] for row in world.debtors}
    assert names[booked_on(world, TWO)].startswith("De Maan")


def test_a_chosen_number_must_be_in_the_books(world: ApiWorld) -> None:
    company(world.store, ONE, "De Zon B.V.")
    company(world.store, TWO, "De Maan")
    sync(world.connection)
    decide_customer(world.connection, TWO, "number", "4711", NOON, "7")
    sync(world.connection)
    assert "DEBTOR_NUMBER_UNKNOWN" in codes(TWO)
    known = booked_on(world, ONE)
    decide_customer(world.connection, TWO, "number", known, NOON, "7")
    sync(world.connection)
    assert (state(TWO), booked_on(world, TWO)) == (Order.State.DELIVERED, known)
    assert (TWO, "SAME_EMAIL_OTHER_CUSTOMER") not in open_codes(world.connection)
