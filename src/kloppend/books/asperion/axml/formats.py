"""How a value is written. A profile shows the form by example: `date:dd-mm-yyyy`, `decimal:0,00`, `upper`, `plain`."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Literal

from kloppend.books.xml_text import clean

Value = str | date | Decimal | int
Fit = Literal["fail", "cut"]

_DECIMAL = re.compile(r"0(?:([.,])(0{1,8}))?")
_DATE_PART = re.compile(r"yyyy|yy|mm|dd")
_DATE = re.compile(r"[ymdT0:/. -]+")


class DoesNotFit(Exception):  # noqa: N818 - it is said of a value
    """A value needs more room than the profile gives it, in characters or in decimals."""

    def __init__(self, limit: int, needed: int) -> None:
        super().__init__(f"room for {limit}, needs {needed}")
        self.limit = limit
        self.needed = needed


@dataclass(frozen=True, slots=True)
class Format:
    """A form that was understood. `places` and `separator` belong to decimals, `pattern` to dates."""

    style: Literal["plain", "upper", "date", "decimal"]
    places: int = 0
    separator: str = ""
    pattern: str = ""

    def write(self, value: Value, fit: Fit = "fail") -> str:
        """The value as text.

        A decimal with more decimals than there is room for raises DoesNotFit, or is rounded when `fit` is "cut".
        """
        if isinstance(value, date):
            return _DATE_PART.sub(lambda part: _date_part(part[0], value), self.pattern)
        if self.style == "decimal" and isinstance(value, (Decimal, int)):
            return self._write_decimal(Decimal(value), fit)
        text = clean(str(value))
        return text.upper() if self.style == "upper" else text

    def round(self, value: Decimal) -> Decimal:
        """The value in as many decimals as this form has, half away from zero, and never a negative zero."""
        rounded = value.quantize(Decimal(1).scaleb(-self.places), rounding=ROUND_HALF_UP)
        return rounded if rounded else abs(rounded)

    def _write_decimal(self, value: Decimal, fit: Fit) -> str:
        rounded = self.round(value)
        if rounded != value and fit == "fail":
            exponent = value.normalize().as_tuple().exponent
            raise DoesNotFit(self.places, -exponent if isinstance(exponent, int) else 0)
        return format(rounded, "f").replace(".", self.separator)


def _date_part(part: str, day: date) -> str:
    if part == "yyyy":
        return f"{day.year:04}"
    return f"{ {'yy': day.year % 100, 'mm': day.month, 'dd': day.day}[part]:02}"


@cache
def parse_format(text: str) -> Format:
    """Understand a form as a profile gives it. Raises ValueError, saying what would be understood."""
    style, _, example = text.partition(":")
    if text == "plain":
        return Format("plain")
    if text == "upper":
        return Format("upper")
    if style == "decimal" and (found := _DECIMAL.fullmatch(example)):
        return Format("decimal", places=len(found[2] or ""), separator=found[1] or "")
    if style == "date" and _is_date_pattern(example):
        return Format("date", pattern=example)
    raise ValueError(
        f"unknown format {text!r}; known are plain, upper, decimal:0.00 (any number of decimals, point or comma) "
        "and date:yyyy-mm-dd (in any order, with - / . or nothing between)"
    )


def _is_date_pattern(example: str) -> bool:
    parts = sorted(_DATE_PART.findall(example))
    rest = _DATE_PART.sub("", example)
    return (
        bool(_DATE.fullmatch(example)) and [part[0] for part in parts] == ["d", "m", "y"] and not set(rest) & set("ymd")
    )
