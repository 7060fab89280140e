"""Cases at the edges of the specification, decided from it by hand and not from the code; read as `explain` reads them.

Each says what it is about in its title; `expected` names what must hold, to the cent and to the code. Try one with
`kloppend explain tests/data/hard-cases.json`.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kloppend.cli.case_file import Case
from kloppend.cli.order_file import read_order_file
from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import make_invoice
from kloppend.domain.problems import Refused
from tests.domain.oracle import assert_guaranteed

CASES = Path(__file__).parents[1] / "data" / "hard-cases.json"
EXPECTED: Mapping[str, Mapping[str, Any]] = {
    f"{case['id']}: {case['title']}": case["expected"]
    for case in json.loads(CASES.read_text(encoding="utf-8"))["cases"]
}
READ = dict(read_order_file(CASES))


def case_of(title: str) -> Case:
    case = READ[title.split(":")[0]]
    assert isinstance(case, Case), case
    return case


def made(title: str) -> Invoice:
    case = case_of(title)
    return make_invoice(case.order, case.settings, vat_number=case.vat_number, invoice_date=case.invoice_date)


def test_there_are_many_and_each_has_a_name_of_its_own() -> None:
    assert len(READ) == len(EXPECTED) > 180


@pytest.mark.parametrize("title", [title for title, expected in EXPECTED.items() if expected["result"] == "refusal"])
def test_refused_with_the_code_that_the_specification_gives(title: str) -> None:
    with pytest.raises(Refused) as refused:
        made(title)
    assert refused.value.problem.code == EXPECTED[title]["code"]


@pytest.mark.parametrize("title", [title for title, expected in EXPECTED.items() if expected["result"] == "invoice"])
def test_booked_as_the_specification_says(title: str) -> None:
    invoice, expected = made(title), EXPECTED[title]
    codes = {warning.code for warning in invoice.warnings}
    if not codes & {"TAX_RATE_FROM_TITLE", "TAX_ROUNDING"}:  # the oracle knows the shop's list only, and no tolerance
        assert_guaranteed(case_of(title).order, invoice)
    assert invoice.treatment == expected["treatment"]
    for name in ("total_vat", "total_inc_vat", "amount_due", "rounding"):
        if name in expected:
            assert (name, getattr(invoice, name)) == (name, Decimal(expected[name]))
    if "warnings" in expected:
        assert sorted(codes) == expected["warnings"]
    assert invoice.vat_country == expected.get("vat_country", invoice.vat_country)
    for kind, rate in expected.get("rates", {}).items():
        assert {line.vat_rate for line in invoice.lines if line.kind == kind} == {Decimal(rate)}
    if invoice.icp:
        assert invoice.icp.vat_number == expected.get("vat_number", invoice.icp.vat_number)
        assert invoice.icp.amount == Decimal(expected.get("icp_amount", invoice.icp.amount))
    assert (invoice.icp is not None) == (expected["treatment"] == "icp")
