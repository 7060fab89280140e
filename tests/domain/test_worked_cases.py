"""The worked cases of the specification, each to the cent and to the code."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kloppend.cli.case_file import Case
from kloppend.cli.order_file import read_order_file
from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import InvoiceSettings, explain_why, make_invoice
from kloppend.domain.problems import Refused

CASES = Path(__file__).parents[1] / "data" / "vat-cases.json"
EXPECTED: dict[str, dict[str, Any]] = {
    case["id"]: case["expected"] for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"]
}
READ = {name: case for name, case in read_order_file(CASES) if isinstance(case, Case)}
BOOKED = sorted(name for name, expected in EXPECTED.items() if expected["result"] == "invoice")
REFUSED = sorted(EXPECTED.keys() - set(BOOKED))


def made(name: str) -> Invoice:
    case = READ[name]
    return make_invoice(case.order, case.settings, vat_number=case.vat_number, invoice_date=case.invoice_date)


def test_all_cases_are_read() -> None:
    assert READ.keys() == EXPECTED.keys()
    assert len(BOOKED) + len(REFUSED) == 27


@pytest.mark.parametrize("name", BOOKED)
def test_invoice_is_the_expected_one(name: str) -> None:
    invoice = made(name)
    expected = EXPECTED[name]["invoice"]
    assert sorted({warning.code for warning in invoice.warnings}) == sorted(EXPECTED[name]["warnings"])
    assert [
        (line.kind, line.description, line.quantity, str(line.unit_price), str(line.vat_rate), line.vat_category)
        for line in invoice.lines
    ] == [
        tuple(line[key] for key in ("kind", "description", "quantity", "unit_price_ex_vat", "vat_rate", "vat_category"))
        for line in expected["lines"]
    ]
    assert [(str(line.net), str(line.vat), str(line.gross)) for line in invoice.lines] == [
        (line["net"], line["vat"], line["gross"]) for line in expected["lines"]
    ]
    assert invoice.treatment == expected["treatment"]
    icp = expected.get("icp")
    assert (invoice.icp and (invoice.icp.vat_number, str(invoice.icp.amount))) == (icp and tuple(icp.values()))
    for total in ("total_ex_vat", "total_vat", "rounding", "total_inc_vat", "amount_due"):
        assert str(getattr(invoice, total)) == expected[total]


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_has_the_expected_code(name: str) -> None:
    with pytest.raises(Refused) as refused:
        made(name)
    assert refused.value.problem.code == EXPECTED[name]["code"]
    detail = {key: str(value) for key, value in EXPECTED[name]["detail"].items()}
    assert detail.items() <= dict(refused.value.problem.detail).items()


@pytest.mark.parametrize("name", BOOKED)
def test_every_line_can_say_why(name: str) -> None:
    for line in made(name).lines:
        dutch, english = explain_why(line.why, "nl"), explain_why(line.why, "en")
        assert dutch != english
        rounded = Decimal(line.why.inputs["exact"]) != line.net
        assert not rounded or f"werd {line.net}".replace(".", ",") in dutch
        assert not rounded or f"became {line.net}" in english
        assert line.why.sources


def test_tolerance_is_a_setting() -> None:
    case = READ["V19"]
    with pytest.raises(Refused, match="TOTAL_MISMATCH"):
        make_invoice(case.order, InvoiceSettings(tolerance_cents=2))
