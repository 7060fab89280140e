"""Amounts are read strictly, rounded away from zero, and shared out to the cent."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kloppend.domain.money import apportion, parse_amount, round2

amounts = st.integers(-(10**9), 10**9).map(lambda units: Decimal(units).scaleb(-4))
totals = st.integers(-(10**7), 10**7).map(lambda cents: Decimal(cents).scaleb(-2))
often = settings(max_examples=200, deadline=None)


@pytest.mark.parametrize("text", ["1e5", "NaN", "1,00", "", " 1", "1.", ".5", "١", "1" * 16])
def test_only_plain_decimals_are_amounts(text: str) -> None:
    with pytest.raises(ValueError, match="not a decimal amount"):
        parse_amount(text)


@pytest.mark.parametrize(
    ("amount", "rounded"),
    [("20.124", "20.12"), ("20.125", "20.13"), ("-20.125", "-20.13"), ("-0.004", "0.00"), ("0.005", "0.01")],
)
def test_half_a_cent_rounds_away_from_zero(amount: str, rounded: str) -> None:
    assert str(round2(Decimal(amount))) == rounded
    assert str(round2(Fraction(amount))) == rounded


@given(amounts)
@often
def test_a_credit_mirrors_its_invoice(amount: Decimal) -> None:
    assert round2(-amount) == -round2(amount)


@given(totals, st.lists(amounts, min_size=1, max_size=8))
@often
def test_shares_come_to_the_total(total: Decimal, weights: list[Decimal]) -> None:
    shares = apportion(total, weights)
    assert sum(shares) == total
    assert len(shares) == len(weights)


@given(st.lists(amounts, min_size=1, max_size=8))
@often
def test_a_share_of_the_own_sum_is_less_than_a_cent_off(weights: list[Decimal]) -> None:
    shares = apportion(round2(sum(weights, Decimal(0))), weights)
    assert all(abs(share - weight) <= Decimal("0.01") for share, weight in zip(shares, weights, strict=True))


def test_missing_cents_go_to_the_largest_remainders_and_ties_to_the_first() -> None:
    thirds = [Fraction(10, 3)] * 3
    assert apportion(Decimal("10.00"), thirds) == (Decimal("3.34"), Decimal("3.33"), Decimal("3.33"))
    assert apportion(Decimal("0.03"), [Decimal("0.001"), Decimal("0.009")]) == (Decimal("0.01"), Decimal("0.02"))


def test_surplus_cents_are_taken_from_the_last() -> None:
    assert apportion(Decimal("1.98"), [Decimal(1), Decimal(1)]) == (Decimal("0.99"), Decimal("0.99"))
    assert apportion(Decimal("1.99"), [Decimal(1), Decimal(1)]) == (Decimal("1.00"), Decimal("0.99"))


def test_nothing_is_shared_over_nothing() -> None:
    assert apportion(Decimal("0.00"), []) == ()
    with pytest.raises(ValueError, match="nothing to apportion"):
        apportion(Decimal("0.01"), [])
