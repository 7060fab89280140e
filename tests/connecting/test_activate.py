"""Nothing goes live unless every check passes, and connecting again doubles nothing."""

from typing import Any

import pytest

from kloppend.connecting.activate import change, connect, deactivate
from kloppend.connecting.draft import AnswersError, Draft, answers_without_secrets, draft_of, read_answers
from kloppend.connecting.proposals import payment_suggestion, propose
from kloppend.connecting.trial import ask_shop
from kloppend.records.models import Connection, Invoice, Merchant, Order, Shop
from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
from tests.connecting.conftest import NOON
from tests.sync.conftest import sync

pytestmark = pytest.mark.django_db


def failed(attempt: Any) -> set[str]:
    return {result.name for result in attempt.results if result.outcome == "failed"}


def test_a_good_draft_goes_live_and_runs(draft: Draft) -> None:
    attempt = connect(draft, NOON)
    assert (attempt.done, failed(attempt)) == (True, set())
    connection = Connection.objects.get()
    assert connection.active
    assert connection.shop is not None
    assert connection.shop_route
    assert draft_of(connection) == draft
    assert sync(connection).files


def test_a_bad_draft_is_kept_and_not_live_and_mended_by_trying_again(draft: Draft) -> None:
    attempt = connect(draft.changed(api_key="Verkeerde!Sleutel(1)*"), NOON)
    assert (attempt.done, failed(attempt)) == (False, {"key_fits"})
    assert not Connection.objects.get().active
    assert Connection.objects.get().settings == draft.settings
    assert connect(draft, NOON).done
    assert Connection.objects.get().active


def test_a_live_connection_keeps_its_settings_when_the_new_ones_do_not_pass(draft: Draft) -> None:
    live = connect(draft, NOON).connection
    assert live
    attempt = change(live, draft.with_settings(trigger_statuses=["99"]), NOON)
    assert (attempt.done, failed(attempt)) == (False, {"statuses"})
    assert Connection.objects.get().active
    assert Connection.objects.get().settings == draft.settings
    assert change(live, draft.with_settings(file_time="07:30"), NOON).done
    assert Connection.objects.get().settings["file_time"] == "07:30"


def test_the_same_shop_connected_twice_is_told_and_books_nothing_twice(draft: Draft) -> None:
    connect(draft, NOON)
    sync(Connection.objects.get())
    booked = Invoice.objects.count()
    attempt = connect(draft.changed(name="Nog eens"), NOON)
    told = {problem.code for result in attempt.results for problem in result.problems}
    assert attempt.done
    assert "SHOP_HAS_OTHER_CONNECTION" in told
    assert attempt.connection
    sync(attempt.connection)
    assert Invoice.objects.count() == booked > 0
    assert Shop.objects.count() == 1
    assert Order.objects.count() == Order.objects.values("shop", "shop_order_id").distinct().count()


def test_a_remade_connection_goes_on_where_the_ended_one_stopped(draft: Draft) -> None:
    first = connect(draft, NOON).connection
    assert first
    sync(first)
    booked = Invoice.objects.count()
    deactivate(first)
    attempt = connect(draft.changed(name="Opnieuw"), NOON)
    told = {problem.code for result in attempt.results for problem in result.problems}
    assert "SHOP_HAS_OTHER_CONNECTION" not in told
    assert attempt.connection
    sync(attempt.connection)
    assert Invoice.objects.count() == booked


def test_a_live_connection_is_not_led_to_another_shop(draft: Draft, store: SimulatedStore) -> None:
    live = connect(draft, NOON).connection
    assert live
    other = SimulatedStore(store._rows, draft.api_key, "LIC")
    with StoreServer(other) as elsewhere:
        attempt = change(live, draft.changed(shop_address=elsewhere.address), NOON)
    assert failed(attempt) == {"same_shop"}
    assert Connection.objects.get().shop_address == draft.shop_address


def test_nobody_takes_over_a_connection_by_its_name(draft: Draft) -> None:
    connect(draft, NOON)
    attempt = connect(draft.changed(api_key="x"), NOON, merchant=Merchant.objects.create(name="Pietersen"))
    assert (attempt.connection, attempt.done) == (None, False)
    assert "name" in failed(attempt)
    assert Connection.objects.get().merchant.name == "Jansen"
    assert Connection.objects.get().api_key == draft.api_key


def test_proposals_come_from_the_shop(draft: Draft) -> None:
    offer = ask_shop(draft)
    proposed = propose(offer, NOON.date(), "nl")
    assert proposed["trigger_statuses"] == ["5"]
    assert set(proposed["cancel_statuses"]) == {"7", "11"}
    assert proposed["start_date"] == "2026-11-24"
    assert "payment_codes" not in proposed
    assert (payment_suggestion("mollie_ideal"), payment_suggestion("strange")) == ("iDEAL", "")


def test_answers_are_kept_without_keys_and_read_again(draft: Draft, tmp_path: Any) -> None:
    path = tmp_path / "answers.json"
    path.write_bytes(answers_without_secrets(draft))
    assert draft.api_key not in path.read_text()
    assert read_answers(path).changed(api_key=draft.api_key, licence_key=draft.licence_key) == draft
    path.write_text('{"shop_adress": "x"}')
    with pytest.raises(AnswersError, match="shop_adress"):
        read_answers(path)
