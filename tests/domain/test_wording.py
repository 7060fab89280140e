"""Amounts and words as people write them."""

import pytest

from kloppend.domain.invoice import Treatment, Why
from kloppend.domain.invoicing.legal_texts import LEGAL_TEXTS
from kloppend.domain.invoicing.treatment import ZERO_CATEGORIES
from kloppend.domain.invoicing.why import RULES, ZERO_REASONS, explain_sources, explain_why, place_name
from kloppend.domain.problems import Problem
from kloppend.domain.vat import areas
from kloppend.domain.wording import TREATMENTS, amounts, fill


@pytest.mark.parametrize(
    ("text", "dutch", "english"),
    [
        ("4.9500", "4,95", "4.95"),
        ("4.1322", "4,1322", "4.1322"),
        ("over 20.6612. Dat", "over 20,6612. Dat", "over 20.6612. Dat"),
        ("13.734", "13,7340", "13.7340"),
        ("-4.13", "-4,13", "-4.13"),
        ("5.0000", "5,00", "5.00"),
        ("25.5%", "25,5%", "25.5%"),
        ("21.0000%", "21%", "21%"),
        ("21%: 41.3224, 9%: 1.2", "21%: 41,3224, 9%: 1,20", "21%: 41.3224, 9%: 1.20"),
        ("OpenCart 3.0.5.1", "OpenCart 3.0.5.1", "OpenCart 3.0.5.1"),
        ("bestand-2.50.xml", "bestand-2.50.xml", "bestand-2.50.xml"),
        ("2026-11-24", "2026-11-24", "2026-11-24"),
    ],
)
def test_amounts(text: str, dutch: str, english: str) -> None:
    assert (amounts(text, "nl"), amounts(text, "en")) == (dutch, english)


def test_what_is_empty_is_left_out_with_its_brackets() -> None:
    assert fill("Nee[ ({why})].", {"why": ""}, "nl") == "Nee."
    assert fill("Nee[ ({why})].", {"why": "3.50"}, "nl") == "Nee (3,50)."
    assert fill("{rate}% en {rates}", {"rate": "5.5", "rates": "5.5%, 21%"}, "nl") == "5,5% en 5,5%, 21%"
    assert fill("{rate}%", {"rate": "5.5"}, "en") == "5.5%"


def test_problems_speak_of_rows_and_treatments_in_words() -> None:
    charge = Problem.of("CHARGE_WITHOUT_VAT", row_code="low_order_fee", value="4.9500")
    assert "'toeslag kleine bestelling' van 4,95" in charge.text("nl").cause
    assert "'low order fee' of 4.95" in charge.text("en").cause
    late = Problem.of(
        "TAX_MISMATCH", rate="21", stated="1.0000", expected="2.5000", deviation="1.5000", after_tax="coupon, shipping"
    )
    assert "pas na de btw: kortingsbon, verzendkosten." in late.text("nl").cause
    none = Problem.of("TAX_MISMATCH", rate="21", stated="1.0000", expected="2.5000", deviation="1.5000", after_tax="")
    assert none.text("nl").cause.endswith("een verschil van 1,50.")
    unknown = Problem.of("PAYMENT_METHOD_NOT_MAPPED", payment_code="")
    assert "(" not in unknown.text("nl").cause + unknown.text("en").cause


def test_every_treatment_has_its_words() -> None:
    treatments = set(Treatment.__args__)  # type: ignore[attr-defined]
    for language in ("nl", "en"):
        assert set(TREATMENTS["nl" if language == "nl" else "en"]) == treatments
    assert set(ZERO_REASONS) == set(LEGAL_TEXTS) == set(ZERO_CATEGORIES)


def test_every_special_area_has_a_name_of_its_own() -> None:
    places = {place for rules in areas._OUTSIDE.values() for _, place in rules}
    places |= {place for rules in areas._OWN_RATES.values() for _, _, place in rules}
    for place in places | {"northern_ireland", "monaco"}:
        for language in ("nl", "en"):
            name = place_name({"place": place, "country": "ES"}, "nl" if language == "nl" else "en")
            assert "_" not in name
            assert name[0].isupper() or name.startswith("de ")
    assert place_name({"place": "", "country": "CH"}, "nl") == "CH"


@pytest.mark.parametrize("rule", RULES)
def test_a_line_stored_before_there_were_treatments_can_still_say_why(rule: str) -> None:
    names = ("tax", "price", "fitting", "candidates", "rate", "deviation", "tried", "goods", "exact", "base", "vat")
    why = Why(
        rule=rule, inputs={**dict.fromkeys(names, "1.5000"), "net": "1.50", "line": "1"}, sources=("shipping 4.1322",)
    )
    assert explain_why(why, "nl") != explain_why(why, "en")
    assert explain_sources(why, "nl") == "verzendkosten 4,1322"
    assert explain_sources(why, "en") == "shipping 4.1322"
