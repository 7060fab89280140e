"""What a sample's dates and decimals look like, in the words of a profile's format."""

import re
from collections.abc import Sequence

from kloppend.books.asperion.axml.fields import FieldKind
from kloppend.books.asperion.axml.formats import Format
from kloppend.books.asperion.axml.values import read_date, read_decimal

_DATE = re.compile(r"(\d{4}|\d{2})([-/.])(\d{2})\2(\d{4}|\d{2})", re.ASCII)
_DECIMAL = re.compile(r"-?\d+(?:([.,])(\d{1,8}))?", re.ASCII)


def fits(kind: FieldKind, form: Format, values: Sequence[str]) -> bool:
    """Whether the profile's format writes dates, or else decimals, like these."""
    read = read_date if kind == "date" else read_decimal
    return all(read(form, value) is not None for value in values if value)


def shape_of(kind: FieldKind, values: Sequence[str]) -> str:
    """The format that writes values like these: `date:dd-mm-yyyy`, `decimal:0,00`.

    "?" when they are of no form that can be told, or of several.
    """
    given = [value for value in values if value]
    shapes = {(_date_shape if kind == "date" else _decimal_shape)(value) for value in given}
    return shapes.pop() if len(shapes) == 1 else "?"


def _decimal_shape(value: str) -> str:
    found = _DECIMAL.fullmatch(value)
    if not found:
        return "?"
    return f"decimal:0{found[1]}{'0' * len(found[2])}" if found[1] else "decimal:0"


def _date_shape(value: str) -> str:
    if re.fullmatch(r"\d{8}", value, re.ASCII):
        return "date:yyyymmdd" if value[:2] in ("19", "20") else "date:ddmmyyyy"
    found = _DATE.fullmatch(value)
    if not found:
        return "?"
    first, separator, middle, last = found.groups()
    if len(first) == 4 and len(last) == 2:
        return f"date:yyyy{separator}mm{separator}dd"
    if len(first) == 2 and len(last) == 4:
        # Day first is how the Dutch write it; a middle above 12 can only be a day.
        order = ("mm", "dd") if int(middle) > 12 else ("dd", "mm")
        return f"date:{order[0]}{separator}{order[1]}{separator}yyyy"
    return "?"
