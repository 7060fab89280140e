"""The simulated Asperion: confirmed shapes and traps, the import page, and on every page a sentence on what it is."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from kloppend.books.asperion.axml import AxmlBooks
from kloppend.books.asperion.axml.profile import load_profile
from kloppend.books.asperion.simulator import AsperionServer, Fault, SimulatedAsperion
from kloppend.books.asperion.simulator.answer import SIMULATOR
from kloppend.books.port import BooksSettings

from .asperion_rig import AsperionRig, asperion_rig
from .documents import HEADING, document
from .profiles import CUSTOM

BOOKS = AxmlBooks(BooksSettings(administration="A-123"))


@pytest.fixture
def rig() -> Iterator[AsperionRig]:
    with asperion_rig() as rig:
        yield rig


def call(
    rig: AsperionRig, method: str, path: str, *, tenant: str = "102", token: str = "", **more: Any
) -> httpx.Response:
    tokens = rig.store.load()
    assert tokens
    headers = {"Authorization": f"Bearer {token or tokens.access_token}"} | ({"X-Tenant-Id": tenant} if tenant else {})
    return httpx.request(method, f"{rig.server.address}{path}", headers=headers, **more)


def test_every_page_and_answer_says_that_it_is_a_simulator(rig: AsperionRig) -> None:
    for path in ("/", "/debtors", "/import", "/faults", "/connect/authorize", "/nothing"):
        answer = httpx.get(rig.server.address + path)
        assert SIMULATOR in answer.text
        assert answer.headers["x-simulator"] == SIMULATOR
    assert call(rig, "GET", "/v1/journals").headers["x-simulator"] == SIMULATOR


def test_lists_come_in_pages_with_an_envelope(rig: AsperionRig) -> None:
    answer = call(rig, "GET", "/v1/vatcodes?pageSize=3&page=2").json()
    assert len(answer["_data"]) == 3
    meta = answer["_meta"]
    assert (meta["administrationId"], meta["totalCount"], meta["pageCount"]) == (102, 8, 3)
    assert "page=1" in meta["previousPage"]
    assert "page=3" in meta["nextPage"]
    assert not call(rig, "GET", "/v1/vatcodes?pageSize=3&page=3").json()["_meta"]["nextPage"]
    assert all("_meta" in row for row in answer["_data"])
    assert "_data" not in call(rig, "GET", "/v1/vatcodes?metaOnly=true").json()
    assert call(rig, "GET", "/v1/vatcodes?page=x").status_code == 400


def test_without_a_tenant_the_default_administration_answers(rig: AsperionRig) -> None:
    assert call(rig, "GET", "/v1/journals", tenant="").json()["_meta"]["administrationId"] == 101
    assert call(rig, "GET", "/v1/journals", tenant="7").status_code == 403


def test_errors_are_problem_details(rig: AsperionRig) -> None:
    answer = call(rig, "POST", "/v1/debtors", content=b"{}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    found = answer.json()
    assert {"title", "status", "detail", "traceId", "errors"} <= found.keys()
    assert "Name" in found["errors"]
    assert call(rig, "POST", "/v1/debtors", content=b"[").status_code == 400
    assert call(rig, "GET", "/v1/nothing").status_code == 404
    assert call(rig, "DELETE", "/v1/debtors").status_code == 501
    assert call(rig, "GET", "/v1/journals", token="wrong").status_code == 401


def test_text_filters_mean_contains_unless_the_comparison_says_otherwise(rig: AsperionRig) -> None:
    for number, email in enumerate(("joanna@x.nl", "anna@x.nl")):
        rig.administration.add_debtor({"name": f"n{number}", "emailAddress": email})
    path = "/v1/debtors?EmailAddress=anna@x.nl"

    def found(query: str) -> int:
        return len(call(rig, "GET", path + query).json()["_data"])

    assert found("") == 2
    assert found("&EmailAddress_comparison=Equals") == 2, "confirmed for InvoiceNumber only"
    rig.asperion.faults.switch_on(Fault.FILTERS_EXACT)
    assert found("") == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"debtorCustomerNumber": "1"}, "DebtorCustomerNumber"),
        ({"journalId": "x"}, "JournalId"),
        ({"paymentConditionId": 99}, "PaymentConditionId"),
        ({"lines": []}, "Lines"),
        ({"lines": [3]}, "Lines[0]"),
        ({"lines": [{"amount": 1, "vatAmount": "x", "vatCode": "20", "ledgerAccountId": 8999}]}, "Lines[0].VatCode"),
        ({"date": ""}, "Date"),
    ],
)
def test_an_invoice_that_names_what_does_not_exist_is_refused(
    rig: AsperionRig, change: dict[str, Any], field: str
) -> None:
    debtor = rig.administration.add_debtor({"name": "A"})["customerNumber"]
    line = {"amount": 1, "vatAmount": 0.21, "vatCode": "1", "ledgerAccountId": 8000}
    body = {
        "debtorCustomerNumber": debtor,
        "date": "2026-11-24",
        "description": "x",
        "journalId": "70",
        "lines": [line],
    }
    answer = call(rig, "POST", "/v1/salesinvoiceswithlines", content=json.dumps({**body, **change}))
    assert answer.status_code == 400
    assert field in answer.json()["errors"]
    assert not rig.invoices
    assert call(rig, "POST", "/v1/salesinvoiceswithlines", content=json.dumps(body)).status_code == 201


# The import page


def upload(server: AsperionServer, content: bytes) -> str:
    return httpx.post(f"{server.address}/import", files={"File": ("orders.xml", content, "text/xml")}).text


def test_a_file_becomes_concepts_and_debtors(rig: AsperionRig) -> None:
    documents = [document("V01"), document("V02"), document("V26")]
    page = upload(rig.server, BOOKS.render(HEADING, documents).content)
    assert "concept" in page
    assert [row["status"] for row in rig.invoices] == [1, 1, 1]
    assert [row["amountInclVat"] for row in rig.invoices] == [each.invoice.total_inc_vat for each in documents]
    assert [row["vatAmount"] for row in rig.invoices] == [each.invoice.total_vat for each in documents]
    assert sorted(row["emailAddress"] for row in rig.debtors) == ["anna@de.example.com", "anna@example.com"]
    for path, text in (("/", "63.47"), ("/debtors", "anna@example.com")):
        assert text in httpx.get(rig.server.address + path).text


def test_the_import_settings_decide_what_becomes_of_it(rig: AsperionRig) -> None:
    form = {"debiteursoort": "9", "verkopen_btw_hoog": "77", "dagboek": "71", "no_such_setting": "x"}
    assert "Saved" in httpx.post(f"{rig.server.address}/import/settings", data=form).text
    upload(rig.server, BOOKS.render(HEADING, [document("V01")]).content)
    assert rig.debtors[0]["debtorKindId"] == "9"
    assert rig.invoices[0]["journalId"] == "71"
    assert {line["vatCode"] for line in rig.invoices[0]["lines"]} == {"77"}


def test_the_same_file_twice_is_skipped_unless_that_guard_is_off(rig: AsperionRig) -> None:
    content = BOOKS.render(HEADING, [document("V01")]).content
    rig.asperion.faults.switch_off(Fault.DUPLICATES_ACCEPTED)
    upload(rig.server, content)
    assert "skipped" in upload(rig.server, content)
    assert len(rig.invoices) == 1
    httpx.post(f"{rig.server.address}/faults", data={"fault": "duplicates_accepted", "switch": "on"})
    upload(rig.server, content)
    assert len(rig.invoices) == 2
    httpx.post(f"{rig.server.address}/faults", data={"fault": "duplicates_accepted", "switch": "off"})
    assert Fault.DUPLICATES_ACCEPTED not in rig.asperion.faults.switched_on()


@pytest.mark.parametrize("content", [b"", b"<html/>", b"<!DOCTYPE a><a/>", b"\xff\xfe"])
def test_what_is_no_order_file_changes_nothing(rig: AsperionRig, content: bytes) -> None:
    assert "file" in upload(rig.server, content)
    assert not rig.invoices


def test_a_file_of_another_profile_is_read_by_that_profile() -> None:
    asperion = SimulatedAsperion(profile=load_profile(CUSTOM))
    books = AxmlBooks(BooksSettings(administration="A", options={"profile_toml": CUSTOM}))
    (said,) = asperion.import_file(books.render(HEADING, [document("V02")]).content)
    assert "concept" in said
    (invoice,) = asperion.administrations[1].invoices
    assert (invoice["amountInclVat"], invoice["vatAmount"]) == (Decimal("63.47"), Decimal("9.79"))
    assert "unknown" in asperion.import_file(BOOKS.render(HEADING, [document("V02")]).content)[0]


def test_names_are_shown_as_text(rig: AsperionRig) -> None:
    rig.administration.add_debtor({"name": "<script>x</script>"})
    assert "<script>" not in httpx.get(f"{rig.server.address}/debtors").text
