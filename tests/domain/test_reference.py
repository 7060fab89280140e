"""Our mark in a description is found again, and never inside another one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kloppend.domain.reference import reference_in, reference_of

NUMBERS = st.from_regex(r"[A-Za-z0-9_]{1,12}", fullmatch=True)


def test_what_it_looks_like() -> None:
    assert reference_of("shop", "1042") == reference_of("shop", "1042")
    assert reference_of("shop", "1042")[7:] == "-1042."
    assert reference_of("shop", "1042", credit=2)[7:] == "-1042-C2."
    assert reference_of("shop", "1042")[:7] != reference_of("other shop", "1042")[:7]


@given(NUMBERS, NUMBERS, st.integers(0, 12), st.integers(0, 12))
def test_one_is_never_part_of_another(first: str, second: str, credit: int, other_credit: int) -> None:
    one, other = reference_of("s", first, credit), reference_of("s", second, other_credit)
    assert (one in other) == ((first, credit) == (second, other_credit))


@given(NUMBERS, st.text(alphabet="Bestelling 10.#-K", max_size=20))
def test_it_is_found_in_a_description(number: str, around: str) -> None:
    reference = reference_of("shop", number)
    assert reference_in(f"Bestelling {number} {reference}") == reference
    assert reference_in(f"{around}{reference}") in (reference, "")
    assert reference_in(f"{reference} {reference}") == ""
    assert reference_in(around) == ""


@pytest.mark.parametrize("number", ["", "10.2", "10-C1", "1 2", "#", "é", "x" * 41])
def test_a_number_that_would_blur_the_ends_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="order number"):
        reference_of("shop", number)
