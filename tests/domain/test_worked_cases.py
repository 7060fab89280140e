"""The worked cases of the specification, each to the cent and to the code."""

import json
from pathlib import Path
from typing import Any

import pytest

from kloppend.cli.case_file import Case, read_case_file
from kloppend.domain.invoicing import InvoiceSettings, explain_why, make_invoice
from kloppend.domain.problems import Refused

CASES = Path(__file__).parents[1] / "data" / "vat-cases.json"
EXPECTED: dict[str, dict[str, Any]] = {
    case["id"]: case["expected"] for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"]
}
READ = {name: case for name, case in read_case_file(CASES) if isinstance(case, Case)}
NOT_YET = {"V13", "V14", "V15", "V16", "V17", "V20", "V26"}
BOOKED = sorted(name for name, expected in EXPECTED.items() if expected["result"] == "invoice" and name not in NOT_YET)
REFUSED = sorted(name for name, expected in EXPECTED.items() if expected["result"] == "refusal" and name not in NOT_YET)


def test_all_cases_are_read() -> None:
    assert READ.keys() == EXPECTED.keys()
    assert len(BOOKED) + len(REFUSED) + len(NOT_YET) == 27


@pytest.mark.parametrize("name", BOOKED)
def test_invoice_is_the_expected_one(name: str) -> None:
    invoice = make_invoice(READ[name].order, READ[name].settings)
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
    for total in ("total_ex_vat", "total_vat", "rounding", "total_inc_vat", "amount_due"):
        assert str(getattr(invoice, total)) == expected[total]


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_has_the_expected_code(name: str) -> None:
    with pytest.raises(Refused) as refused:
        make_invoice(READ[name].order, READ[name].settings)
    assert refused.value.problem.code == EXPECTED[name]["code"]
    detail = {key: str(value) for key, value in EXPECTED[name]["detail"].items()}
    assert detail.items() <= dict(refused.value.problem.detail).items()


@pytest.mark.parametrize("name", sorted(NOT_YET))
def test_other_treatments_are_refused_by_name(name: str) -> None:
    with pytest.raises(Refused) as refused:
        make_invoice(READ[name].order, READ[name].settings)
    assert refused.value.problem.code == "TREATMENT_NOT_YET_SUPPORTED"
    wanted = EXPECTED[name].get("invoice", {}).get("treatment", "icp")
    assert refused.value.problem.detail["treatment"] == wanted


@pytest.mark.parametrize("name", BOOKED)
def test_every_line_can_say_why(name: str) -> None:
    for line in make_invoice(READ[name].order, READ[name].settings).lines:
        dutch, english = explain_why(line.why, "nl"), explain_why(line.why, "en")
        assert dutch != english
        assert str(line.net) in dutch
        assert str(line.net) in english
        assert line.why.sources


def test_tolerance_is_a_setting() -> None:
    case = READ["V19"]
    with pytest.raises(Refused, match="TOTAL_MISMATCH"):
        make_invoice(case.order, InvoiceSettings(tolerance_cents=2))
