"""What the rows mean that extensions of the shop add to an order's total; unknown ones wait for the merchant."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.records.models import Connection

MEANINGS = [
    ("", _("decide later")),
    ("charge", _("extra charge")),
    ("discount", _("discount")),
    ("payment", _("payment")),
    ("ignore", _("leave out of the invoice")),
]


def unknown_codes(connection: Connection) -> list[str]:
    """The codes for which orders of this connection are refused now."""
    problems = connection.problems.filter(code="UNKNOWN_TOTAL_ROW", closed_at=None)
    return sorted({str(detail["row_code"]) for detail in problems.values_list("detail", flat=True)})


def codes_of(settings: Mapping[str, Any], unknown: list[str]) -> list[str]:
    """What was decided before, then what waits for a decision."""
    stored = sorted(settings.get("total_codes") or {})
    return stored + [code for code in unknown if code not in stored]


def add_fields(form: forms.Form, settings: Mapping[str, Any], codes: list[str]) -> None:
    """A choice per code, which stands as it was stored."""
    stored = settings.get("total_codes") or {}
    for code in codes:
        form.fields[_field(code)] = forms.ChoiceField(
            label=code, choices=MEANINGS, required=False, initial=stored.get(code, "")
        )


def rows(form: forms.Form, codes: list[str]) -> list[forms.BoundField]:
    """The choices, for the screen."""
    return [form[_field(code)] for code in codes]


def chosen(data: Mapping[str, Any], codes: list[str]) -> dict[str, Any]:
    """The setting that comes of it; what is to be decided later stays out."""
    return {"total_codes": {code: data[_field(code)] for code in codes if data[_field(code)]}}


def _field(code: str) -> str:
    """Named by the code itself: a row that turns up between showing and saving must not take another's meaning."""
    return f"total_code_{code}"
