"""From a text in a file back to the value it stands for: kept apart from the writing, so that one checks the other."""

import re
from datetime import date
from decimal import Decimal

from kloppend.books.asperion.axml.formats import Format


def read_decimal(form: Format, text: str) -> Decimal | None:
    """The number a text in this form stands for; None when it is no such text, also when decimals lack."""
    decimals = f"{re.escape(form.separator)}\\d{{{form.places}}}" if form.style == "decimal" and form.places else ""
    if not re.fullmatch(rf"-?\d+{decimals}", text, re.ASCII):
        return None
    return Decimal(text.replace(form.separator, ".") if decimals else text)


def read_date(form: Format, text: str) -> date | None:
    """The day a text in this form stands for, two-digit years in this century; None when it is no such text."""
    pattern = re.escape(form.pattern).replace("yyyy", r"(?P<y>\d{4})").replace("yy", r"(?P<y>\d{2})")
    found = re.fullmatch(pattern.replace("mm", r"(?P<m>\d\d)").replace("dd", r"(?P<d>\d\d)"), text, re.ASCII)
    if not found:
        return None
    year = int(found["y"])
    try:
        return date(year if year > 99 else year + 2000, int(found["m"]), int(found["d"]))
    except ValueError:
        return None
