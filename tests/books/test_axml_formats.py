"""How values are written and read back, form by form."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kloppend.books.asperion.axml.formats import DoesNotFit, parse_format
from kloppend.books.asperion.axml.shapes import shape_of
from kloppend.books.asperion.axml.values import read_date, read_decimal


@pytest.mark.parametrize(
    ("form", "value", "written"),
    [
        ("decimal:0.00", "1.005", "1.01"),
        ("decimal:0.00", "-1.005", "-1.01"),
        ("decimal:0,00", "1234567.8", "1234567,80"),
        ("decimal:0.00", "-0.001", "0.00"),
        ("decimal:0", "2.5", "3"),
        ("decimal:0.00", "1E+3", "1000.00"),
    ],
)
def test_decimals_are_rounded_half_away_from_zero_when_they_may_be(form: str, value: str, written: str) -> None:
    assert parse_format(form).write(Decimal(value), "cut") == written


def test_decimals_that_do_not_fit_are_not_rounded_unasked() -> None:
    with pytest.raises(DoesNotFit) as error:
        parse_format("decimal:0.00").write(Decimal("8.2231"))
    assert (error.value.limit, error.value.needed) == (2, 4)


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("yyyy-mm-dd", "2026-03-09"),
        ("dd/mm/yyyy", "09/03/2026"),
        ("mm.dd.yy", "03.09.26"),
        ("ddmmyy", "090326"),
        ("yyyy-mm-ddT00:00:00", "2026-03-09T00:00:00"),
    ],
)
def test_dates(pattern: str, written: str) -> None:
    form = parse_format(f"date:{pattern}")
    assert form.write(date(2026, 3, 9)) == written
    assert read_date(form, written) == date(2026, 3, 9)
    assert read_date(form, written + "0") is None


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.sampled_from(["yyyymmdd", "dd-mm-yyyy", "mm/dd/yy"]))
def test_every_date_comes_back(day: date, pattern: str) -> None:
    form = parse_format(f"date:{pattern}")
    assert read_date(form, form.write(day)) == day


@given(st.decimals(-(10**9), 10**9, places=2), st.sampled_from(["decimal:0.00", "decimal:0,00", "decimal:0.0000"]))
def test_every_amount_comes_back(amount: Decimal, form: str) -> None:
    understood = parse_format(form)
    assert read_decimal(understood, understood.write(amount)) == amount


@pytest.mark.parametrize("text", ["", "1", "1,00", "1.0", "1.000", "+1.00", " 1.00", "1e2", "NaN", "١.٠٠", "--1.00"])
def test_what_is_no_amount_of_the_form_is_not_read(text: str) -> None:
    assert read_decimal(parse_format("decimal:0.00"), text) is None


@pytest.mark.parametrize(
    "form", ["", "Plain", "decimal", "decimal:", "decimal:1.00", "decimal:0.", "date:", "date:yyyy", "date:d-m-y",
             "date:yyyy-mm-dd-dd", "date:yyyy mm dd %H", "upper:x"],
)  # fmt: skip
def test_unknown_forms(form: str) -> None:
    with pytest.raises(ValueError, match="unknown format"):
        parse_format(form)


@pytest.mark.parametrize(
    ("kind", "values", "shape"),
    [
        ("date", ["2026-11-23", ""], "date:yyyy-mm-dd"),
        ("date", ["11/23/2026"], "date:mm/dd/yyyy"),
        ("date", ["20261123"], "date:yyyymmdd"),
        ("date", ["23112026"], "date:ddmmyyyy"),
        ("date", ["23-11-2026", "2026-11-23"], "?"),
        ("date", ["2026-11-23T10:00:00"], "?"),
        ("money", ["12"], "decimal:0"),
        ("money", ["1.234,50"], "?"),
        ("number", ["-0,5000"], "decimal:0,0000"),
        ("money", [], "?"),
    ],
)
def test_shapes(kind: str, values: list[str], shape: str) -> None:
    assert shape_of(kind, values) == shape  # type: ignore[arg-type]
