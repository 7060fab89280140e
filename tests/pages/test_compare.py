"""Comparing with an uploaded export: found, differing, missing, doubled; nothing is kept of the file itself."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from kloppend.books.asperion.exports import LARGEST
from kloppend.records.models import Comparison, Connection, Invoice, Problem
from kloppend.sync.files.imported import mark_imported
from tests.books.test_asperion_exports import transaction, xaf
from tests.pages.test_credits import get
from tests.sync.conftest import NOON

pytestmark = pytest.mark.django_db
PERIOD = {"first_day": "2020-01-01", "last_day": "2026-12-31"}


def sent() -> dict[str, str]:
    """What was forwarded, by order number."""
    rows = Invoice.objects.filter(void=False).order_by("pk").values_list("order__shop_order_id", "total_inc_vat")
    return {number: str(total) for number, total in rows}


def sales(amounts: dict[str, str]) -> str:
    return "".join(transaction(f"2026{number}", f"Bestelling {number}", amount) for number, amount in amounts.items())


def upload(client: Client, connection: Connection, content: bytes, name: str = "x.xaf", **more: str) -> str:
    data = {**PERIOD, **more, "export": SimpleUploadedFile(name, content)}
    client.cookies["language"] = "en"
    return client.post(f"/c/{connection.pk}/compare/upload/", data, follow=True).content.decode()


def counts() -> dict[str, int]:
    return {name: number for name, number in Comparison.objects.latest("pk").counts.items() if name != "others"}


def test_all_is_well(fetched: Connection, accountant: Client) -> None:
    assert "Compare with an export" in get(accountant, fetched, "files/")
    assert "no answer" in get(accountant, fetched, "compare/")
    page = upload(accountant, fetched, xaf(("S", sales(sent()))))
    assert "an audit file (XAF)" in page
    assert counts() == {"equal": len(sent())}
    assert "Put differences" not in page
    assert "20261" in page


def test_what_is_wrong_becomes_a_problem_when_a_person_says_so(fetched: Connection, owner: Client) -> None:
    (one, two, three, *_), amounts = list(sent()), sent()
    booked = {**amounts, one: "1.00"}
    del booked[three]
    twice = transaction("9", f"bestelling {two}", amounts[two])
    page = upload(owner, fetched, xaf(("S", sales(booked) + twice + transaction("8", "Bestelling 987654", "5.00"))))
    assert counts() == {"equal": len(amounts) - 2, "differs": 1, "doubled": 1, "missing": 1, "not_ours": 1}
    assert "987654" in page
    assert "A part of this file is in the books" in page
    assert not Problem.objects.filter(source="compare").exists()
    made = Comparison.objects.get()
    address = f"/c/{fetched.pk}/compare/{made.pk}/"
    assert "2 orders are on the list" in owner.post(f"{address}problems/", follow=True).content.decode()
    open_ones = Problem.objects.filter(source="compare", closed_at=None).values_list("order__shop_order_id", "code")
    assert set(open_ones) == {(one, "BOOKED_AMOUNT_DIFFERS"), (two, "BOOKED_TWICE")}
    listed = owner.get(f"{address}report.csv").content.decode("utf-8-sig")
    assert f"missing in the books;invoice;{three};{amounts[three]};" in listed
    upload(owner, fetched, xaf(("S", sales(amounts))))
    assert not Problem.objects.filter(source="compare", closed_at=None).exists()


def test_a_file_that_was_never_imported_is_offered_again_and_never_resent(fetched: Connection, owner: Client) -> None:
    batch = fetched.batches.get()
    mark_imported(batch, NOON, "")
    page = upload(owner, fetched, xaf(("S", transaction("8", "Verkoop", "5.00"))))
    assert "Nothing of this file was found" in page
    assert "Not imported after all" in page
    assert fetched.batches.count() == 1
    assert counts() == {"missing": len(sent())}


def test_the_columns_of_a_list_are_asked_once_and_remembered(fetched: Connection, owner: Client) -> None:
    rows = "".join(f"{number};Bestelling {number};{total.replace('.', ',')}\r\n" for number, total in sent().items())
    content = f"Nr;Omschr;Bedrag incl\r\n{rows}".encode()
    page = upload(owner, fetched, content, "lijst.csv")
    assert "What do the columns" in page
    assert "choose it once more" in page
    assert not Comparison.objects.exists()
    meant = {"description": "Omschr", "gross": "Bedrag incl", "number": "Nr", "booked_on": ""}
    upload(owner, fetched, content, "lijst.csv", **meant)
    assert counts() == {"equal": len(sent())}
    assert "a CSV list" in upload(owner, fetched, content, "lijst.csv")
    assert Comparison.objects.count() == 2
    assert '<option value="Omschr" selected>' in upload(owner, fetched, content, "lijst.csv", ask="on")
    assert "What do the columns" in upload(owner, fetched, content.replace(b"Omschr;", b"Tekst;"), "lijst.csv")
    assert Comparison.objects.count() == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04xx",
        b"<x/>",
        b"<auditfile><unclosed>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><auditfile>&b;</auditfile>",
        b"geen lijst",
        "<auditfile>".encode("utf-16"),
    ],
)
def test_what_cannot_be_read_is_told_and_not_kept(fetched: Connection, owner: Client, content: bytes) -> None:
    assert "EXPORT_UNREADABLE" not in upload(owner, fetched, content)
    assert 'role="alert"' in upload(owner, fetched, content)
    assert not Comparison.objects.exists()


def test_a_spreadsheet_and_an_amount_that_is_none_are_told_in_the_shopkeepers_language(
    fetched: Connection, owner: Client
) -> None:
    assert "Save a spreadsheet as CSV" in upload(owner, fetched, b"PK\x03\x04xx")
    meant = {"description": "Omschr", "gross": "Bedrag", "number": "", "booked_on": ""}
    page = upload(owner, fetched, b"Omschr;Bedrag\r\nBestelling 1;veel\r\n", "lijst.csv", **meant)
    assert "Row 2: column &#x27;Bedrag&#x27; holds no amount." in page
    assert "is not an amount" not in page


def test_too_large_and_a_period_that_is_none(fetched: Connection, owner: Client) -> None:
    assert "larger than 60 MB" in upload(owner, fetched, b"x" * (LARGEST + 1))
    assert "lies before the first" in upload(owner, fetched, b"<auditfile/>", last_day="2019-01-01")
    assert not Comparison.objects.exists()


def test_a_report_of_somebody_else_does_not_exist(fetched: Connection, owner: Client, stranger: Client) -> None:
    upload(owner, fetched, xaf(("S", sales(sent()))))
    made = Comparison.objects.get()
    assert made.made_at - NOON < timedelta(days=3650)
    assert stranger.get(f"/c/{fetched.pk}/compare/{made.pk}/").status_code == 404
