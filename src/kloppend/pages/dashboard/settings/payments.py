"""How each payment method goes to the books: as which method of payment, held until decided, or not at all."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.connecting.proposals import payment_suggestion
from kloppend.connecting.trial import Offer
from kloppend.domain.payment_code import longest_prefix

Row = tuple[forms.BoundField, forms.BoundField, list[forms.BoundField]]
HOW = [
    ("forward", _("forward as")),
    ("hold", _("hold for now")),
    ("exclude", _("never forward")),
    ("", _("not decided")),
]


@dataclass(frozen=True, slots=True)
class Method:
    """A payment code of the shop (or the beginning of some), and what was chosen for it."""

    code: str
    name: str
    how: str
    books_code: str
    terms: Mapping[str, str] = field(default_factory=dict)


def methods_of(settings: Mapping[str, Any], offer: Offer | None) -> list[Method]:
    """What was chosen before, then what the shop has besides."""
    mapped = {str(code): str(to) for code, to in dict(settings.get("payment_codes") or {}).items()}
    excluded = [str(code) for code in settings.get("excluded_payment_codes") or ()]
    names = {method.code: method.name for method in offer.catalogue.payment_methods} if offer else {}
    terms: dict[str, dict[str, str]] = dict(settings.get("payment_terms") or {})
    found = [
        Method(code, names.get(code, ""), "forward" if to else "hold", to, terms.get(code, {}))
        for code, to in sorted(mapped.items())
    ]
    left = sorted({*excluded, *terms} - mapped.keys())
    found += [
        Method(code, names.get(code, ""), "exclude" if code in excluded else "", "", terms.get(code, {}))
        for code in left
    ]
    chosen = {*mapped, *left}
    found += [
        Method(code, name, "", "") for code, name in names.items() if code and longest_prefix(code, chosen) is None
    ]
    return found


TERMS = {
    "condition": _("Payment condition for %(method)s"),
    "journal": _("Journal for %(method)s"),
    "debtor": _("One fixed debtor for %(method)s"),
}
"""What else can go with a method; the names are those of the setting `payment_terms`."""


def add_fields(form: forms.Form, methods: list[Method], terms: Collection[str] = tuple(TERMS)) -> None:
    """Per method: how, under which code of the books, and what of `TERMS` goes with it here.

    Named by code, not by place: a method that came between showing and saving shifts nothing to another row.
    """
    for method in methods:
        label = f"{method.name} ({method.code})" if method.name else method.code
        form.fields[f"how_{method.code}"] = forms.ChoiceField(
            label=label, choices=HOW, required=False, initial=method.how
        )
        suggestion = payment_suggestion(method.code)
        form.fields[f"books_{method.code}"] = forms.CharField(
            label=_("Code in the books for %(method)s") % {"method": label},
            required=False,
            max_length=60,
            initial=method.books_code,
            widget=forms.TextInput(attrs={"placeholder": suggestion}),
        )
        for name in terms:
            form.fields[f"{name}_{method.code}"] = forms.CharField(
                label=TERMS[name] % {"method": label}, required=False, max_length=60, initial=method.terms.get(name, "")
            )


def rows(form: forms.Form, methods: list[Method]) -> Iterator[Row]:
    """How, code, and what goes with it, for the screen."""
    for code in (method.code for method in methods):
        terms = [form[f"{name}_{code}"] for name in TERMS if f"{name}_{code}" in form.fields]
        yield form[f"how_{code}"], form[f"books_{code}"], terms


def chosen(data: Mapping[str, Any], methods: list[Method]) -> dict[str, Any]:
    """The settings that come of it. A method of which nothing was decided stays out of all."""
    codes = [method.code for method in methods]
    how = {code: (data[f"how_{code}"], data[f"books_{code}"].strip()) for code in codes}
    return {
        "payment_codes": {
            code: to if way == "forward" else "" for code, (way, to) in how.items() if way in ("forward", "hold")
        },
        "excluded_payment_codes": [code for code, (way, _to) in how.items() if way == "exclude"],
        "payment_terms": {method.code: terms for method in methods if (terms := _terms(data, method))},
    }


def _terms(data: Mapping[str, Any], method: Method) -> dict[str, str]:
    """As filled in; what was not asked here stays."""
    terms = {name: data.get(f"{name}_{method.code}", method.terms.get(name, "")).strip() for name in TERMS}
    return {name: text for name, text in terms.items() if text}
