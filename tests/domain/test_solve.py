"""How a coupon was split follows from what is left to tax at each rate, when that is possible at all (S6)."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest

from kloppend.domain.invoicing.placements import Placement
from kloppend.domain.invoicing.solve import solve_discount

HIGH, LOW, ZERO = Decimal(21), Decimal(9), Decimal(0)
GOODS = {HIGH: Decimal("100.0000"), LOW: Decimal("50.0000")}


def split(value: str, goods: Mapping[Decimal, Decimal], high: str, low: str, *charges: Placement) -> object:
    found = solve_discount(Decimal(value), goods, {HIGH: Decimal(high), LOW: Decimal(low)}, [charges])
    return found[1].shares if found else None


def test_what_is_left_to_tax_tells_the_split() -> None:
    assert split("-30.0000", GOODS, "16.8000", "3.6000") == {HIGH: -20, LOW: -10}
    assert split("-20.0000", GOODS, "16.8000", "4.5000") == {HIGH: -20}


def test_the_parts_are_the_discount_exactly_and_the_highest_rate_takes_what_storing_lost() -> None:
    shares = split("-30.0050", GOODS, "16.8000", "3.6000")
    assert shares == {HIGH: Fraction("-20.005"), LOW: -10}
    assert split("-29.9950", GOODS, "16.8000", "3.6000") == {HIGH: Fraction("-19.995"), LOW: -10}


@pytest.mark.parametrize("value", ["-30.0200", "-29.9800"])
def test_parts_that_do_not_add_up_are_no_split(value: str) -> None:
    assert split(value, GOODS, "16.8000", "3.6000") is None


def test_no_part_is_more_than_was_sold_or_less_than_nothing() -> None:
    assert split("-150.0000", GOODS, "0.0000", "0.0000") == {HIGH: -100, LOW: -50}
    assert split("-40.0000", GOODS, "21.2100", "0.0900") is None
    assert split("-99.0000", GOODS, "-0.2100", "4.6800") is None
    assert split("-1.0000", {HIGH: Decimal(1)}, "0.2100", "0.0900") is None


def test_what_is_left_is_taken_from_goods_without_vat() -> None:
    goods = {**GOODS, ZERO: Decimal("10.0000")}
    assert split("-34.0000", goods, "16.8000", "3.6000") == {HIGH: -20, LOW: -10, ZERO: -4}
    assert split("-40.0100", goods, "16.8000", "3.6000") is not None
    assert split("-40.0200", goods, "16.8000", "3.6000") is None
    assert split("-29.9800", goods, "16.8000", "3.6000") is None


def test_charges_count_at_their_rate() -> None:
    shipping = Placement("at_one_rate", {HIGH: Fraction(5)})
    assert split("-30.0000", GOODS, "17.8500", "3.6000", shipping) == {HIGH: -20, LOW: -10}


def test_the_first_combination_of_charges_that_works_is_taken() -> None:
    low, high = (Placement("at_one_rate", {rate: Fraction(5)}) for rate in (LOW, HIGH))
    vat = {HIGH: Decimal("22.0500"), LOW: Decimal("3.6000")}
    found = solve_discount(Decimal("-10.0000"), GOODS, vat, [(low,), (high,)])
    assert found is not None
    assert found[0] == (high,)


def test_without_any_rate_there_is_nothing_to_solve() -> None:
    assert solve_discount(Decimal("-1.0000"), {ZERO: Decimal(10)}, {}, [()]) is None
