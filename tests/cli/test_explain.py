"""`kloppend explain` gives the worked cases' own form as JSON, and plain words to people."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

import kloppend
from kloppend.cli.explain import explain

CASES = Path(__file__).parents[1] / "data" / "vat-cases.json"
ROWS = sorted((Path(kloppend.__file__).parent / "shops" / "opencart" / "recordings").glob("*.json"))

app = typer.Typer()
app.command()(explain)


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, [*arguments])


def as_json(path: Path) -> list[dict[str, Any]]:
    result = run(str(path), "--json")
    assert result.exit_code == 0, result.output
    answer: list[dict[str, Any]] = json.loads(result.stdout)
    return answer


def written(folder: Path, content: object) -> Path:
    path = folder / "cases.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def all_cases() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(CASES.read_text(encoding="utf-8"))
    return content


def test_json_is_what_the_case_file_expects() -> None:
    results = {result["id"]: result for result in as_json(CASES)}
    expected = {case["id"]: case["expected"] for case in all_cases()["cases"]}
    assert results.keys() == expected.keys()
    for name in expected:
        result, wanted = results[name], expected[name]
        assert result["result"] == wanted["result"], name
        if wanted["result"] == "invoice":
            assert result["invoice"] == wanted["invoice"], name
            assert result["warnings"] == sorted(wanted["warnings"]), name
        else:
            assert result["code"] == wanted["code"], name


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"cases": 3}', '{"cases": ["x"]}', '{"nothing": []}', '{"orders": []}', '{"orders": 1}']
)
def test_a_file_of_another_form_ends_with_code_2(tmp_path: Path, content: str) -> None:
    path = written(tmp_path, content)
    dutch, english = run(str(path), "--json"), run(str(path), "--language", "en")
    assert (dutch.exit_code, english.exit_code) == (2, 2)
    assert "bestand" in dutch.output
    assert "file" in english.output
    assert "Traceback" not in dutch.output + english.output


def test_a_missing_file_ends_with_code_2(tmp_path: Path) -> None:
    missing = run(str(tmp_path / "none.json"), "--json")
    assert missing.exit_code == 2
    assert "bestaat niet" in missing.output
    assert run(str(tmp_path), "--json").exit_code == 2


def test_a_byte_order_mark_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_bytes(b"\xef\xbb\xbf" + CASES.read_bytes())
    assert as_json(path) == as_json(CASES)


@pytest.mark.parametrize("path", ROWS, ids=lambda path: path.stem)
def test_recorded_rows_come_out_as_the_specification_says(path: Path) -> None:
    results = as_json(path)
    refusals = sorted(result["code"] for result in results if result["result"] == "refusal")
    assert refusals == ["MULTI_CURRENCY", "MULTI_CURRENCY", "TAX_MISMATCH", "UNKNOWN_TAX_ROW"]
    totals = {
        record["order"]["order_id"]: record["order"]["total"] for record in json.loads(path.read_text())["orders"]
    }
    for result in results:
        if result["result"] == "invoice":
            assert result["invoice"]["rounding"] == "0.00"
            assert abs(Decimal(result["invoice"]["amount_due"]) - Decimal(totals[result["id"]])) <= Decimal("0.005")
    treatments = {result["invoice"]["treatment"] for result in results if result["result"] == "invoice"}
    assert treatments == {"domestic", "eu_home_rate", "icp"}


def test_rows_too_odd_to_read_are_named(tmp_path: Path) -> None:
    content = json.loads(ROWS[0].read_text(encoding="utf-8"))
    content["orders"] = content["orders"][:2]
    content["orders"][0]["order"]["total"] = "twaalf"
    del content["orders"][1]["order"]["currency_code"]
    results = as_json(written(tmp_path, content))
    assert [result["code"] for result in results] == ["SHOP_ORDER_UNREADABLE"] * 2


def test_rows_may_name_settings(tmp_path: Path) -> None:
    content = json.loads(ROWS[0].read_text(encoding="utf-8")) | {"config": {"foreign_currency": "book_in_base"}}
    codes = {result.get("code") for result in as_json(written(tmp_path, content))}
    assert "MULTI_CURRENCY" not in codes
    content["config"] = {"foreign_currency": "ask"}
    assert run(str(written(tmp_path, content)), "--json").exit_code == 2


@pytest.mark.parametrize(
    ("field", "value"), [("total", 12.5), ("total", "1e3"), ("products", None), ("date_added", "gisteren")]
)
def test_one_bad_case_does_not_stop_the_others(tmp_path: Path, field: str, value: object) -> None:
    content = all_cases()
    content["cases"] = content["cases"][:3]
    content["cases"][1]["order"][field] = value
    first, bad, last = as_json(written(tmp_path, content))
    assert (first["result"], last["result"]) == ("invoice", "invoice")
    assert (bad["id"], bad["result"], bad["code"]) == ("V02", "refusal", "SHOP_ORDER_UNREADABLE")


@pytest.mark.parametrize("place", ["case", "order"])
def test_a_case_may_name_its_invoice_date(tmp_path: Path, place: str) -> None:
    content = all_cases()
    case = content["cases"][0]
    case["order"]["date_added"] = "2018-12-31 23:30:00"
    (case if place == "case" else case["order"])["invoice_date"] = "2019-01-02"
    content["cases"] = [case]
    assert as_json(written(tmp_path, content))[0]["result"] == "invoice"  # 21% on both days
    case["order"]["date_added"] = "2012-09-30 12:00:00"
    assert as_json(written(tmp_path, content))[0]["code"] == "RATE_CHANGE_BETWEEN_DATES"


def test_people_get_amounts_reasons_and_a_fix() -> None:
    dutch = " ".join(run(str(CASES)).output.split())
    assert "Afrondingsverschil" in dutch
    assert "Op de factuur hoort te staan: Intracommunautaire levering" in dutch
    assert "Uit de winkel: productregel 1: 2 x 20,6612 = 41,3224; btw-regel BTW 21%" in dutch
    assert not [name for name in ("eu_home_rate", "domestic", "low_order_fee", " - .", "'-'") if name in dutch]
    assert "Geen factuur (SHIPPING_WITHOUT_VAT)" in dutch
    assert "Kies in OpenCart bij de verzendmethode een belastinggroep" in dutch
    english = " ".join(run(str(CASES), "--language", "en").output.split())
    assert "No invoice (SHIPPING_WITHOUT_VAT)" in english
    assert "Choose a tax class for the shipping method" in english


def odd_case(**order: Any) -> dict[str, Any]:
    """The first worked case with other fields in its order."""
    case: dict[str, Any] = all_cases()["cases"][0]
    return {"cases": [{**case, "order": {**case["order"], **order}}]}


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0000-00-00 00:00:00"])
def test_a_date_outside_our_time_is_an_unreadable_order(tmp_path: Path, moment: str) -> None:
    (result,) = as_json(written(tmp_path, odd_case(date_added=moment)))
    assert result["code"] == "SHOP_ORDER_UNREADABLE"


def test_half_characters_are_shown_as_unknown(tmp_path: Path) -> None:
    content = odd_case()
    content["cases"][0]["order"]["products"][0]["name"] = "Kaars \ud83d"
    path = written(tmp_path, content)
    (result,) = as_json(path)
    assert result["invoice"]["lines"][0]["description"] == "Kaars \N{REPLACEMENT CHARACTER}"
    assert run(str(path)).exit_code == 0


@pytest.mark.parametrize("table", ["order_voucher", "order_history", "coupon_history"])
def test_rows_that_are_no_rows_are_another_form(tmp_path: Path, table: str) -> None:
    content = json.loads(ROWS[0].read_text(encoding="utf-8"))
    content["orders"] = [{**content["orders"][0], table: ["x"]}]
    assert run(str(written(tmp_path, content)), "--json").exit_code == 2


def test_a_case_may_name_the_tax_classes_of_rates(tmp_path: Path) -> None:
    """At whichever rate shipping and discount both lie, the VAT is the same: only the class of the shipping tells."""
    case = next(case for case in all_cases()["cases"] if case["id"] == "V02")
    case["tax_rates"][0]["tax_class_ids"], case["tax_rates"][1]["tax_class_ids"] = [1, "3"], [2]
    amounts = {"coupon": "-4.1322", "BTW 21%": "8.6777", "BTW 9%": "1.2361", "total": "64.9702"}
    for row in case["order"]["totals"]:
        row["value"] = amounts.get(row["code"]) or amounts.get(row["title"]) or row["value"]
    case["order"]["total"] = amounts["total"]
    for tax_class, rate in (("1", "21"), ("2", "9")):
        case["order"]["totals"][1]["tax_class_id"] = tax_class
        (result,) = as_json(written(tmp_path, {"cases": [case]}))
        assert {line["vat_rate"] for line in result["invoice"]["lines"] if line["kind"] != "product"} == {rate}
