"""The table of VAT rates: its own sense, its history, and the same present rates as a source of others."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import eu_vat_rates_data
import pytest

from kloppend.domain.vat.countries import EU_COUNTRIES
from kloppend.domain.vat.rates import RATES, rates_on

DATA_DAY = date.fromisoformat(eu_vat_rates_data.data_version)
COUNTRIES = sorted(area for area in RATES if len(area) == 2)

THEY_ALSO_LIST = {
    "AT": {"19"},  # for sellers in Jungholz and Mittelberg only
    "FR": {"0.9", "1.05", "8.5", "13"},  # Corsica and overseas
    "GR": {"17", "4"},  # some islands
    "PT": {"22", "16"},  # Madeira and Azores: areas of their own here
}
THEY_LACK = {"IE": {"4.8"}, "MT": {"12"}}


def theirs(country: str) -> set[Decimal]:
    found = eu_vat_rates_data.get_rate(country)
    assert found
    every = [found["standard"], *found["reduced"], found["super_reduced"] or found["standard"]]
    return {Decimal(str(rate)).normalize() for rate in every}


def test_every_member_state_and_northern_ireland_has_rates() -> None:
    assert set(COUNTRIES) == EU_COUNTRIES | {"XI"}


@pytest.mark.parametrize("country", COUNTRIES)
def test_present_rates_are_those_of_another_source(country: str) -> None:
    ours = {rate.normalize() for rate in rates_on(country, DATA_DAY)}
    known = {Decimal(rate) for rate in THEY_ALSO_LIST.get(country, ())}
    lacking = {Decimal(rate) for rate in THEY_LACK.get(country, ())}
    assert ours - lacking == theirs(country) - known
    (standard,) = [p.rate for p in RATES[country] if p.kind == "standard" and p.valid_on(DATA_DAY)]
    assert standard == Decimal(str(eu_vat_rates_data.get_standard_rate(country)))


@pytest.mark.parametrize("area", RATES)
def test_one_standard_rate_on_every_day_since_2020(area: str) -> None:
    standard = sorted((p for p in RATES[area] if p.kind == "standard"), key=lambda p: p.valid_from)
    assert standard[0].valid_from <= date(2020, 1, 1)
    assert standard[-1].valid_to == date.max
    for before, after in pairwise(standard):
        assert (after.valid_from - before.valid_to).days == 1


@pytest.mark.parametrize("area", RATES)
def test_periods_make_sense(area: str) -> None:
    for period in RATES[area]:
        assert period.valid_from <= period.valid_to
        assert 0 < period.rate < 30
        twins = [other for other in RATES[area] if other.rate == period.rate and other is not period]
        assert all(other.valid_to < period.valid_from or period.valid_to < other.valid_from for other in twins)


@pytest.mark.parametrize(
    ("area", "day", "rates"),
    [
        ("NL", "2018-12-31", "21 6"),
        ("NL", "2019-01-01", "21 9"),
        ("DE", "2020-06-30", "19 7"),
        ("DE", "2020-07-01", "16 5"),
        ("DE", "2020-12-31", "16 5"),
        ("DE", "2021-01-01", "19 7"),
        ("IE", "2020-09-01", "21 13.5 9 4.8"),
        ("IE", "2021-03-01", "23 13.5 9 4.8"),
        ("LU", "2023-06-01", "16 13 7 3"),
        ("CZ", "2023-12-31", "21 15 10"),
        ("CZ", "2024-01-01", "21 12"),
        ("FI", "2024-08-31", "24 14 10"),
        ("FI", "2024-09-01", "25.5 14 10"),
        ("EE", "2025-07-01", "24 13 9"),
        ("RO", "2025-07-31", "19 9 5"),
        ("RO", "2025-08-01", "21 11"),
        ("SK", "2025-01-01", "23 19 5"),
        ("LT", "2026-01-01", "21 12 5"),
        ("PT-20", "2021-06-30", "18 9 4"),
        ("PT-30", "2026-11-24", "22 12 4"),
        ("XI", "2026-11-24", "20 5"),
    ],
)
def test_rates_of_a_day(area: str, day: str, rates: str) -> None:
    assert rates_on(area, date.fromisoformat(day)) == {Decimal(rate) for rate in rates.split()}


def test_an_area_without_rates_of_the_eu_has_none() -> None:
    with pytest.raises(KeyError):
        rates_on("CH", DATA_DAY)
