"""`kloppend explain` gives the worked cases' own form as JSON, and plain words to people."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from kloppend.cli.explain import explain

CASES = Path(__file__).parents[1] / "data" / "vat-cases.json"
DOMESTIC = {f"V{number:02}" for number in (*range(1, 13), 18, 19, *range(21, 26), 27)}

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
    for name in DOMESTIC:
        result, wanted = results[name], expected[name]
        assert result["result"] == wanted["result"], name
        if wanted["result"] == "invoice":
            assert result["invoice"] == wanted["invoice"], name
            assert result["warnings"] == sorted(wanted["warnings"]), name
        else:
            assert result["code"] == wanted["code"], name
    others = {results[name]["code"] for name in expected.keys() - DOMESTIC}
    assert others == {"TREATMENT_NOT_YET_SUPPORTED"}


@pytest.mark.parametrize("content", ["", "[]", "{", '{"cases": 3}', '{"cases": ["x"]}', '{"nothing": []}'])
def test_a_file_of_another_form_ends_with_code_2(tmp_path: Path, content: str) -> None:
    result = run(str(written(tmp_path, content)), "--json")
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_a_missing_file_ends_with_code_2(tmp_path: Path) -> None:
    assert run(str(tmp_path / "none.json"), "--json").exit_code == 2


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


def test_people_get_amounts_reasons_and_a_fix() -> None:
    dutch = " ".join(run(str(CASES)).output.split())
    assert "Afrondingsverschil" in dutch
    assert "Geen factuur (SHIPPING_WITHOUT_VAT)" in dutch
    assert "Kies in OpenCart bij de verzendmethode een belastinggroep" in dutch
    english = " ".join(run(str(CASES), "--language", "en").output.split())
    assert "No invoice (SHIPPING_WITHOUT_VAT)" in english
    assert "Choose a tax class for the shipping method" in english
