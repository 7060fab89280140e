"""The month list accounts for every number once, and comes to what the files hold, cent for cent."""

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from kloppend.records.models import Batch, Connection, Delivery, Invoice, Order, Shop
from kloppend.reports.month import MonthRow, month_list, totals_of
from kloppend.reports.month_csv import month_csv
from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
from kloppend.sync.already_booked import mark_already_booked
from kloppend.sync.credits.proposals import make_credit
from kloppend.sync.files.imported import mark_imported
from kloppend.sync.files.recall import recall
from tests.sync.conftest import NOON, make_connection, sync
from tests.sync.test_make_file import now
from tests.sync.test_process import change
from tests.sync.test_trouble import TOMORROW

pytestmark = pytest.mark.django_db


def november(connection: Connection) -> list[MonthRow]:
    return list(month_list(connection, 2026, 11))


def table(connection: Connection, month: int = 11, language: Any = "nl") -> list[list[str]]:
    text = b"".join(month_csv(connection, 2026, month, language)).decode("utf-8-sig")
    return list(csv.reader(StringIO(text), delimiter=";"))


def money(text: str) -> Decimal:
    return Decimal(text.replace(",", "."))


def orders_in(table: list[list[str]]) -> list[dict[str, str]]:
    return [dict(zip(table[0], row, strict=True)) for row in table[1 : table.index([])]]


def from_the_file(batches: Iterable[Batch]) -> dict[str, Decimal]:
    """Totals as somebody reads them who has nothing but the XML."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for batch in batches:
        for order in etree.fromstring(bytes(batch.content.content)).iter("Order"):
            for name in ("TotalExVat", "TotalVat", "TotalIncVat"):
                sums[name] += Decimal(order.findtext(name, ""))
            for line in order.iter("Orderline"):
                sums[f"net {line.findtext('VatPercentage')}"] += Decimal(line.findtext("Net", ""))
                sums[f"vat {line.findtext('VatPercentage')}"] += Decimal(line.findtext("Vat", ""))
    return sums


def test_every_order_of_the_shop_stands_in_the_list_once(connection: Connection) -> None:
    sync(connection)
    rows = november(connection)
    numbers = [row.order_number for row in rows]
    assert sorted(numbers) == sorted(Order.objects.values_list("shop_order_id", flat=True))
    assert numbers == sorted(numbers, key=int)
    assert all(row.code and row.reason for row in rows if row.amounts is None)
    unconfirmed = [row for row in rows if row.placed_on is None]
    assert unconfirmed
    assert {row.code for row in unconfirmed} == {"NOT_CONFIRMED"}
    assert not list(month_list(connection, 2026, 10))
    assert not list(month_list(connection, 2026, 12))


def test_its_sums_are_the_file_s(connection: Connection) -> None:
    sync(connection)
    cells = table(connection)
    sums, rows = from_the_file(Batch.objects.all()), orders_in(cells)
    columns = {
        "Netto": "TotalExVat", "Btw": "TotalVat", "Totaal factuur": "TotalIncVat",
        "Netto 21% (S)": "net 21.00", "Btw 21% (S)": "vat 21.00", "Netto 9% (S)": "net 9.00", "Btw 9% (S)": "vat 9.00",
    }  # fmt: skip
    batch = Batch.objects.get()
    for column, name in columns.items():
        assert sum(money(row[column]) for row in rows if row[column]) == sums[name]
        for label in ("Facturen in deze lijst", f"{batch.name}, in deze lijst", f"{batch.name}, het hele bestand"):
            total = next(row for row in cells if row and row[0] == label)
            assert money(total[cells[0].index(column)]) == sums[name]
            assert total[1] == "5"
    assert {row["SHA-256"] for row in rows if row["Bestand"]} == {batch.sha256}


def test_a_recalled_file_is_not_in_it_and_a_new_one_is(connection: Connection) -> None:
    sync(connection)
    recall(Batch.objects.get(), TOMORROW, "user-7")
    assert not [row for row in november(connection) if row.amounts or row.file]
    again = now(connection)
    rows = [row for row in november(connection) if row.amounts]
    assert {row.file for row in rows} == {again.name}
    assert totals_of(connection, 2026, 11, rows).listed.total == from_the_file([again])["TotalIncVat"]


def test_the_file_opens_in_a_dutch_spreadsheet(connection: Connection) -> None:
    sync(connection)
    content = b"".join(month_csv(connection, 2026, 11))
    assert content.startswith(b"\xef\xbb\xbfBestelling;Besteld op;")
    assert b"\r\n" in content
    first = orders_in(table(connection))[0]
    assert first["Bestelling"] == "1"
    assert first["Besteld op"] == "23-11-2026"
    assert "," in first["Netto"]
    assert "." not in first["Netto"]
    assert first["Stand"] == "in een bestand"
    english = table(connection, language="en")
    assert english[0][0] == "Order"
    assert len(english) == len(table(connection))


def test_who_ordered_does_not_stand_in_it(connection: Connection) -> None:
    sync(connection)
    everything = str(table(connection))
    assert "example" not in everything
    assert "Vries" not in everything


@pytest.mark.parametrize("number", ['=HYPERLINK("x")', "+1", "-1", "@a", "\t=1", "\r=1"])
def test_a_number_from_the_shop_cannot_become_a_formula(connection: Connection, number: str) -> None:
    sync(connection)
    Order.objects.filter(shop_order_id="1").update(shop_order_id=number)
    assert f"'{number}" in [row["Bestelling"] for row in orders_in(table(connection))]


def test_an_order_changed_after_it_was_forwarded_says_so(connection: Connection, store: SimulatedStore) -> None:
    sync(connection)
    store.change_order("1", payment_city="Elders")
    sync(connection, TOMORROW)
    mark_imported(Batch.objects.get(), TOMORROW, "user-7")
    row = november(connection)[0]
    assert (row.state, row.code) == (Order.State.CHANGED_AFTER, "ORDER_CHANGED_AFTER_BOOKING")
    assert row.amounts
    assert row.reason
    assert row.imported_on == date(2026, 11, 25)


def test_the_month_is_the_connection_s_own(connection: Connection) -> None:
    sync(connection)
    Order.objects.filter(shop_order_id="1").update(placed_at=datetime(2026, 10, 31, 22, 59, tzinfo=UTC))
    Order.objects.filter(shop_order_id="2").update(placed_at=datetime(2026, 10, 31, 23, 0, tzinfo=UTC))
    assert [row.order_number for row in month_list(connection, 2026, 10)] == ["1"]
    assert november(connection)[0].order_number == "2"
    Order.objects.filter(shop_order_id="2").update(placed_at=datetime(2026, 12, 31, 23, 0, tzinfo=UTC))
    assert "2" in [row.order_number for row in month_list(connection, 2027, 1)]


def test_invoices_dated_in_another_month_are_told_apart(connection: Connection, store: SimulatedStore) -> None:
    change(connection, file_time="23:00")
    sync(connection)
    Order.objects.filter(shop_order_id="1").update(placed_at=datetime(2026, 10, 5, tzinfo=UTC))
    now(connection)
    dated = Invoice.objects.get(order__shop_order_id="1")
    assert dated.invoice_date.month == 11
    october = totals_of(connection, 2026, 10, list(month_list(connection, 2026, 10)))
    assert october.dated_elsewhere.total == october.listed.total == dated.total_inc_vat
    assert october.dated_here.count == 0
    totals = totals_of(connection, 2026, 11, november(connection))
    assert totals.from_elsewhere.total == dated.total_inc_vat
    assert (totals.listed.count, totals.dated_here.count, totals.files[0].whole.count) == (4, 4, 5)
    sums = from_the_file(Batch.objects.all())
    assert totals.dated_here.total + totals.from_elsewhere.total == sums["TotalIncVat"]


def test_numbers_the_shop_does_not_have_are_named(connection: Connection) -> None:
    sync(connection)
    Order.objects.filter(shop_order_id="16").update(shop_order_id="20")
    connection.refresh_from_db()
    mark_already_booked(connection, ["5000"], NOON, "user-7")
    totals = totals_of(connection, 2026, 11, november(connection))
    assert totals.missing[-1] == range(16, 20)
    assert ["Nummers die de winkel niet heeft", "16 t/m 19"] in table(connection)


def test_what_the_connection_before_this_one_sent_is_not_called_missing(
    connection: Connection, server: StoreServer
) -> None:
    sync(connection)
    Connection.objects.update(active=False)
    again = make_connection(server, name="Opnieuw")
    sync(again, TOMORROW)
    again.refresh_from_db()
    rows = november(again)
    totals = totals_of(again, 2026, 11, rows)
    sent = {
        int(number) for number in Order.objects.filter(connection=connection).values_list("shop_order_id", flat=True)
    }
    assert len(sent) == 5
    assert {number for run in totals.elsewhere for number in run} == sent
    assert not sent & {number for run in totals.missing for number in run}
    assert len(rows) + len(sent) == Order.objects.count()


def test_wrong_settings_do_not_keep_the_list_away(connection: Connection) -> None:
    sync(connection)
    change(connection, time_zone="Mars/X", language="klingon")
    assert len(november(connection)) == Order.objects.count()


CENTS = st.integers(-(10**6), 10**8)
ZONE = ZoneInfo("Europe/Amsterdam")
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "placed": st.datetimes(datetime(2026, 9, 1), datetime(2027, 1, 31)),  # noqa: DTZ001
            "later": st.integers(0, 60),
            "parts": st.dictionaries(
                st.sampled_from([("21.0000", "S"), ("9.0000", "S"), ("0.0000", "Z"), ("13.5000", "S")]),
                st.tuples(CENTS, CENTS),
                max_size=3,
            ),
            "rounding": st.integers(-5, 5),
            "file": st.integers(0, 2),
            "void": st.booleans(),
        }
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_any_invoices_add_up_in_whole_cents(connection: Connection, rows: list[dict[str, Any]]) -> None:
    with transaction.atomic():
        _store(connection, rows)
        listed = dated = 0
        for month in range(1, 13):
            for year in (2026, 2027):
                found = list(month_list(connection, year, month))
                totals = totals_of(connection, year, month, found)
                mine = [row for row in rows if _month(row["placed"]) == (year, month) and not row["void"]]
                assert totals.listed.total * 100 == sum(_gross(row) for row in mine)
                assert totals.listed.total == totals.dated_here.total + totals.dated_elsewhere.total
                assert totals.listed.total == sum((file.listed.total for file in totals.files), Decimal(0))
                for (rate, category), _ in {key: 0 for row in mine for key in row["parts"]}.items():
                    summed = next(
                        both for each, both in totals.listed.rates.items()
                        if (each.percentage, each.category) == (Decimal(rate), category)
                    )  # fmt: skip
                    parts = [row["parts"].get((rate, category), (0, 0)) for row in mine]
                    assert [cents * 100 for cents in summed] == [sum(part[i] for part in parts) for i in (0, 1)]
                listed += len(found)
                dated += totals.dated_here.count + totals.from_elsewhere.count
        assert listed == len(rows)
        assert dated == sum(not row["void"] for row in rows)
        transaction.set_rollback(True)


def _month(moment: datetime) -> tuple[int, int]:
    local = moment.replace(tzinfo=UTC).astimezone(ZONE)
    return local.year, local.month


def _gross(row: dict[str, Any]) -> int:
    return sum(int(net + vat) for net, vat in row["parts"].values()) + int(row["rounding"])


def _store(connection: Connection, rows: list[dict[str, Any]]) -> None:
    shop = Shop.objects.create(kind="opencart", shop_id="x")
    files = [
        Batch.objects.create(
            connection=connection, kind="now", business_date=date(2026, 11, 1), sequence=n, name=f"{n}.xml",
            sha256=str(n) * 64, size=1, state="placed",
        )
        for n in range(3)
    ]  # fmt: skip
    for number, row in enumerate(rows, start=1):
        placed = row["placed"].replace(tzinfo=UTC)
        order = Order.objects.create(
            shop=shop, connection=connection, shop_order_id=str(number), state="delivered", placed_at=placed
        )
        net = Decimal(sum(part[0] for part in row["parts"].values())) / 100
        vat = Decimal(sum(part[1] for part in row["parts"].values())) / 100
        invoice = Invoice.objects.create(
            order=order, void=row["void"], invoice_date=(placed + timedelta(days=row["later"])).date(), currency="EUR",
            treatment="domestic", total_ex_vat=net, total_vat=vat, rounding=Decimal(row["rounding"]) / 100,
            total_inc_vat=Decimal(_gross(row)) / 100, amount_due="0", payments=[], warnings=[],
            vat_summary=[
                {"category": category, "rate": rate, "base": str(Decimal(base) / 100), "vat": str(Decimal(tax) / 100)}
                for (rate, category), (base, tax) in row["parts"].items()
            ],
        )  # fmt: skip
        Delivery.objects.create(invoice=invoice, administration=connection.administration, batch=files[row["file"]])


def test_credit_notes_are_rows_of_their_own_and_count(connection: Connection) -> None:
    change(connection, books_options={"switches": {"credit_notes": "negative"}})
    sync(connection)
    order = Order.objects.get(shop_order_id="1")
    make_credit(connection, order, "all", NOON, "user-7", "returned", seen=0)
    file = now(connection)
    invoice, credit = (row for row in november(connection) if row.order_number == "1")
    assert (invoice.kind, credit.kind) == ("invoice", "credit")
    assert invoice.amounts
    assert credit.amounts
    assert credit.amounts.total == -invoice.amounts.total
    assert credit.file == file.name != invoice.file
    totals = totals_of(connection, 2026, 11, november(connection))
    assert totals.listed.total == from_the_file(Batch.objects.all())["TotalIncVat"]
    assert totals.listed.count == Invoice.objects.count()
