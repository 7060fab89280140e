"""Why products of a tax class of the shop are sold without VAT: asked per class, by the name the shop has for it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.connecting.trial import Offer
from kloppend.records.models import Connection

NONE = "0"
"""How a shop says that a product has no tax class at all."""
REASONS = [
    ("", _("has VAT")),
    ("exempt", _("exempt from VAT")),
    ("margin", _("margin goods (second-hand, art, antiques)")),
]
NAMED_BY = ("ZERO_VAT_DOMESTIC", "ZERO_VAT_EU", "ZERO_VAT_MIXED", "EXEMPT_BUT_VAT_CHARGED")


def untaxed_classes(connection: Connection) -> list[str]:
    """The tax classes of products for which orders of this connection are refused now."""
    problems = connection.problems.filter(code__in=NAMED_BY, closed_at=None)
    found = {str(detail.get("tax_class") or "") for detail in problems.values_list("detail", flat=True)}
    return sorted(found - {""})


def classes_of(settings: Mapping[str, Any], offer: Offer | None, untaxed: Sequence[str]) -> dict[str, Any]:
    """Names by class: what a refused order named first, then what the shop has, then what was chosen before.

    Having no class is offered only when an order named it or it was chosen: a class that was merely forgotten counts
    as none too.
    """
    stored = dict(settings.get("zero_vat_classes") or {})
    offered = {one.key: one.name or one.key for one in offer.catalogue.tax_classes} if offer else {}
    names = offered | {NONE: _("No tax class")}
    keys = dict.fromkeys([*untaxed, *offered, *sorted(stored)])
    return {key: names.get(key) or _("Tax class %(key)s (not in the shop)") % {"key": key} for key in keys}


def add_fields(form: forms.Form, settings: Mapping[str, Any], classes: Mapping[str, Any]) -> None:
    """A choice per class, which stands as it was stored."""
    stored = settings.get("zero_vat_classes") or {}
    for key, name in classes.items():
        warned = _("Mind: this also counts for a product whose class was forgotten.") if key == NONE else ""
        form.fields[_field(key)] = forms.ChoiceField(
            label=name, choices=REASONS, required=False, initial=stored.get(key, ""), help_text=warned
        )


def rows(form: forms.Form, classes: Mapping[str, Any]) -> list[forms.BoundField]:
    """The choices, for the screen."""
    return [form[_field(key)] for key in classes]


def chosen(data: Mapping[str, Any], classes: Mapping[str, Any]) -> dict[str, Any]:
    """The setting that comes of it; a class that has VAT stays out."""
    return {"zero_vat_classes": {key: data[_field(key)] for key in classes if data[_field(key)]}}


def _field(key: str) -> str:
    """Named by the class itself: one that turns up between showing and saving takes nobody's place."""
    return f"tax_class_{key}"
