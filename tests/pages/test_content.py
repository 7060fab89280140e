"""What stands on the pages: the truth, escaped, in the visitor's language, for a constant number of queries."""

import csv
import re
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.db import connection as database
from django.test import Client
from django.test.utils import CaptureQueriesContext

import kloppend
from kloppend.domain.money import round2
from kloppend.records.events import record
from kloppend.records.models import Batch, Connection, Event, Invoice, InvoiceLine, Order, Problem, Run
from kloppend.shops.opencart.simulator import SimulatedStore
from tests.sync.conftest import NOON, sync

pytestmark = pytest.mark.django_db

PAGES = ["", "problems/", "problems/?show=warnings", "files/", "report/", "month/", "orders/1/", "orders/6/", "booked/"]


def read(client: Client, connection: Connection, page: str, language: str = "en") -> str:
    client.cookies["language"] = language
    response = client.get(f"/c/{connection.pk}/{page}")
    assert response.status_code == 200, page
    return response.content.decode()


def test_the_overview_tells_state_runs_and_numbers(fetched: Connection, owner: Client) -> None:
    Run.objects.create(connection=fetched, why="schedule", started_at=NOON, outcome="fine")
    text = read(owner, fetched, "")
    assert "24 November 2026, 12:00" in text  # Amsterdam, not UTC
    assert "Went well" in text
    assert re.search(r"<strong>8</strong>\s*<span class=\"badge bad\">.*Refused", text)


def test_the_report_finds_an_order_with_its_file(fetched: Connection, owner: Client) -> None:
    (batch,) = Batch.objects.all()
    text = read(owner, fetched, "report/?q=1")
    assert batch.name in text
    assert "€\N{NO-BREAK SPACE}567.49" in text
    assert "was not forwarded" in read(owner, fetched, "report/?q=6")
    assert "is not known here" in read(owner, fetched, "report/?q=9999")
    assert batch.name in read(owner, fetched, "report/?q=1%00")


def test_the_report_goes_on_by_key(fetched: Connection, owner: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kloppend.pages.paging.ROWS", 3)
    monkeypatch.setattr("kloppend.pages.paging.rows_before.__kwdefaults__", {"keep": (), "size": 3})
    seen, query = [], ""
    for _ in range(3):
        text = read(owner, fetched, f"report/{query}")
        seen += re.findall(r"/orders/(\d+)/", text)
        more = re.search(r'href="(\?before=\d+)"', text)
        if not more:
            break
        query = more[1]
    assert sorted(seen, key=int) == sorted(
        Order.objects.filter(state="delivered").values_list("shop_order_id", flat=True), key=int
    )


@pytest.mark.parametrize("query", ["?before=x", "?before=99999999999999999999", "?before=-1", "?code=%00", "?code=NO"])
def test_odd_queries_do_no_harm(fetched: Connection, owner: Client, query: str) -> None:
    for page in ("report/", "files/", "problems/"):
        read(owner, fetched, page + query)


def test_a_problem_says_why_what_to_do_and_who(fetched: Connection, owner: Client) -> None:
    text = read(owner, fetched, "problems/?code=MULTI_CURRENCY")
    assert "The customer paid in GBP" in text
    assert "What to do" in text
    assert "For you" in text
    assert "TAX_MISMATCH</span>" not in text
    dutch = read(owner, fetched, "problems/?code=MULTI_CURRENCY", "nl")
    assert "De klant betaalde in GBP" in dutch
    assert "Wat u kunt doen" in dutch


def test_warnings_stand_apart_and_ask_for_nothing(fetched: Connection, owner: Client) -> None:
    assert "SHIPPING_NOT_PROPORTIONAL" not in read(owner, fetched, "problems/")
    warnings = read(owner, fetched, "problems/?show=warnings")
    assert "SHIPPING_NOT_PROPORTIONAL" in warnings
    assert "/process/" not in warnings


def test_the_order_page_explains_every_line(fetched: Connection, owner: Client) -> None:
    text = read(owner, fetched, "orders/1/")
    lines = InvoiceLine.objects.filter(invoice__order__shop_order_id="1")
    assert text.count("<summary>Why?</summary>") == lines.count() > 0
    assert "All lines at 21% together are" in text
    assert "Forwarded: kloppend-" in text
    assert "413.2231" in text  # the shop's own row, with all its decimals


def test_an_order_that_is_ready_shows_the_invoice_it_will_get(connection: Connection, owner: Client) -> None:
    connection.settings["file_time"] = "23:59"
    connection.save()
    sync(connection)
    text = read(owner, connection, "orders/1/")
    assert "The invoice as it will be" in text
    assert "567.49" in text
    assert not Invoice.objects.exists()


def test_a_trail_that_was_tampered_with_is_told(fetched: Connection, owner: Client) -> None:
    order = Order.objects.get(shop_order_id="1")
    last = order.events.order_by("sequence").last()
    assert last
    Event.objects.create(
        order=order, sequence=last.sequence + 1, kind="ready", at=NOON, previous_hash="0" * 64, hash="0" * 64
    )
    assert "changed behind our back" in read(owner, fetched, "orders/1/")


def test_every_kind_of_event_has_words(fetched: Connection, owner: Client) -> None:
    from kloppend.pages.look.words import EVENTS

    assert set(Event.objects.values_list("kind", flat=True)) <= EVENTS.keys()
    source = Path(kloppend.__file__).parent
    written = {kind for path in source.rglob("*.py") for kind in re.findall(r'record\(\S+, "(\w+)"', path.read_text())}
    assert {"fetched", "sealed"} <= written <= EVENTS.keys()
    order = Order.objects.get(shop_order_id="1")
    record(order, "something_new", NOON)
    assert "something_new" in read(owner, fetched, "orders/1/")


def test_unverified_is_said_plainly(fetched: Connection, owner: Client) -> None:
    assert "UNVERIFIED." in read(owner, fetched, "files/")


def test_texts_of_the_shop_cannot_speak_html(connection: Connection, store: SimulatedStore, owner: Client) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    store.records[0]["order_product"][0]["name"] = evil
    store.change_order("1", payment_firstname=evil, payment_method=evil, payment_code="cod")
    connection.name = evil
    connection.save()
    sync(connection)
    Problem.objects.filter(code="MULTI_CURRENCY").update(detail={"currency": evil})
    for page in PAGES:
        text = read(owner, connection, page)
        assert "<script>alert" not in text, page
        assert "<img src=x" not in text, page
    assert "&lt;script&gt;alert(1)" in read(owner, connection, "orders/1/")


def test_queries_do_not_grow_with_the_orders(fetched: Connection, owner: Client, store: SimulatedStore) -> None:
    for page in PAGES:
        read(owner, fetched, page)

    def counted() -> dict[str, int]:
        numbers = {}
        for page in PAGES:
            with CaptureQueriesContext(database) as queries:
                read(owner, fetched, page)
            numbers[page] = len(queries)
        return numbers

    before = counted()
    for index in (0, 0, 0, 5, 5, 5, 1):
        store.add_order(store.records[index])
    sync(fetched, NOON + timedelta(days=1))
    assert Batch.objects.count() == 2
    assert counted() == before
    assert max(before.values()) < 25


def test_the_month_list_comes_as_a_file_whose_sum_is_that_of_the_files(fetched: Connection, owner: Client) -> None:
    assert "/month/2026-11.csv" in read(owner, fetched, "month/")
    response = owner.get(f"/c/{fetched.pk}/month/2026-11.csv")
    assert "attachment" in response["Content-Disposition"]
    text = response.getvalue().decode("utf-8-sig")
    rows = list(csv.reader(StringIO(text), delimiter=";"))
    total = sum(Invoice.objects.values_list("total_inc_vat", flat=True), Decimal())
    assert any(str(round2(total)).replace(".", ",") in cell for row in rows for cell in row)
    assert owner.get(f"/c/{fetched.pk}/month/2026-13.csv").status_code == 404
    assert owner.get(f"/c/{fetched.pk}/month/0000-01.csv").status_code == 404


def test_pages_are_not_kept_by_others(fetched: Connection, owner: Client) -> None:
    assert "no-store" in owner.get(f"/c/{fetched.pk}/")["Cache-Control"]


def test_a_problem_stored_before_its_text_changed_has_a_gap_and_breaks_no_page(
    fetched: Connection, owner: Client
) -> None:
    fetched.problems.filter(order__isnull=False).update(detail={})
    for page in ("", "problems/", "problems/?show=warnings", "orders/6/", "month/2026-11.csv"):
        assert len(read(owner, fetched, page)) > 500


def test_a_warning_leaves_the_list_once_its_file_is_imported_and_stays_with_its_order(
    fetched: Connection, owner: Client
) -> None:
    warning = "SHIPPING_NOT_PROPORTIONAL"
    assert warning in read(owner, fetched, "problems/?show=warnings")
    Batch.objects.update(imported_at=NOON)
    assert warning not in read(owner, fetched, "problems/?show=warnings")
    number = Problem.objects.filter(code=warning).latest("pk").order.shop_order_id  # type: ignore[union-attr]
    assert warning in read(owner, fetched, f"orders/{number}/")


def test_the_trail_gives_the_reason_as_a_sentence(fetched: Connection, owner: Client) -> None:
    text = read(owner, fetched, "orders/6/")
    assert "Refused: The customer paid in" in text
    assert "Refused: MULTI_CURRENCY" not in text
