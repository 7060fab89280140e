"""After a restored backup: a person decides order by order, and nothing is sent before or besides."""

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from kloppend.records.models import Connection, Order, Run, Timetable
from kloppend.upkeep.verifying import ListChanged, confirm, look
from tests.pages.test_actions import post

pytestmark = pytest.mark.django_db


@pytest.fixture
def restored(fetched: Connection) -> Connection:
    """As a restore leaves it: the file went out after the backup, so its orders look ready again."""
    now = datetime.now(UTC)
    fetched.orders.filter(state=Order.State.DELIVERED).update(state=Order.State.READY)
    Connection.objects.update(verify_before_sending=True, backup_taken_at=now - timedelta(days=1), restored_at=now)
    Run.objects.create(
        connection=fetched,
        why=Run.Why.SCHEDULE,
        started_at=now,
        ended_at=now + timedelta(seconds=5),
        outcome=Run.Outcome.FINE,
    )
    return Connection.objects.get(pk=fetched.pk)


def names(connection: Connection) -> list[str]:
    return [f"order-{order.number}" for order in look(connection).orders]


def test_the_overview_leads_to_the_page_and_nothing_is_chosen_beforehand(restored: Connection, owner: Client) -> None:
    assert f"/c/{restored.pk}/verify/" in owner.get(f"/c/{restored.pk}/").content.decode()
    text = owner.get(f"/c/{restored.pk}/verify/").content.decode()
    assert all(f'name="{name}"' in text for name in names(restored))
    assert 'type="radio"' in text
    assert "checked" not in text


def test_an_order_left_open_keeps_everything_as_it_is(restored: Connection, owner: Client) -> None:
    some = dict.fromkeys(names(restored)[1:], "in_books")
    assert "Nothing was changed yet" in post(owner, restored, "verify/", **some)
    assert Connection.objects.get().verify_before_sending
    assert not Order.objects.filter(already_booked=True).exists()


def test_what_is_in_the_books_is_marked_and_the_rest_goes(restored: Connection, owner: Client) -> None:
    first, *others = names(restored)
    post(owner, restored, "verify/", **{first: "in_books", "rest": "send"})
    assert not Connection.objects.get().verify_before_sending
    marked = set(Order.objects.filter(already_booked=True).values_list("shop_order_id", flat=True))
    assert marked == {first.removeprefix("order-")}
    assert others
    assert owner.get(f"/c/{restored.pk}/verify/").status_code == 302


def test_what_the_person_did_not_see_is_never_taken_as_decided(restored: Connection) -> None:
    seen = [order.number for order in look(restored).orders]
    with pytest.raises(ListChanged):
        confirm(restored.pk, [], datetime.now(UTC), shown=seen[1:])
    assert Connection.objects.get().verify_before_sending


def test_before_the_shop_was_read_the_page_offers_only_that(restored: Connection, owner: Client) -> None:
    Run.objects.filter(started_at__gte=restored.restored_at).delete()
    text = owner.get(f"/c/{restored.pk}/verify/").content.decode()
    assert f"/c/{restored.pk}/fetch/" in text
    assert 'value="confirm"' not in text
    post(owner, restored, "fetch/")
    assert Timetable.objects.get(connection=restored).next_fetch_at is None
    assert "not been read to the end" in post(owner, restored, "verify/", do="confirm", rest="send")
    assert Connection.objects.get().verify_before_sending
