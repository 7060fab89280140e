"""How each payment method goes to the books: as which method of payment, held until decided, or not at all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.connecting.proposals import payment_suggestion
from kloppend.connecting.trial import Offer
from kloppend.domain.payment_code import longest_prefix

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


def methods_of(settings: Mapping[str, Any], offer: Offer | None) -> list[Method]:
    """What was chosen before, then what the shop has besides."""
    mapped = {str(code): str(to) for code, to in dict(settings.get("payment_codes") or {}).items()}
    excluded = [str(code) for code in settings.get("excluded_payment_codes") or ()]
    names = {method.code: method.name for method in offer.catalogue.payment_methods} if offer else {}
    found = [Method(code, names.get(code, ""), "forward" if to else "hold", to) for code, to in sorted(mapped.items())]
    found += [Method(code, names.get(code, ""), "exclude", "") for code in sorted(set(excluded) - mapped.keys())]
    chosen = {*mapped, *excluded}
    found += [
        Method(code, name, "", "") for code, name in names.items() if code and longest_prefix(code, chosen) is None
    ]
    return found


def add_fields(form: forms.Form, methods: list[Method]) -> None:
    """Two fields per method: how, and under which code of the books."""
    for index, method in enumerate(methods):
        label = f"{method.name} ({method.code})" if method.name else method.code
        form.fields[f"how_{index}"] = forms.ChoiceField(label=label, choices=HOW, required=False, initial=method.how)
        suggestion = payment_suggestion(method.code)
        form.fields[f"books_{index}"] = forms.CharField(
            label=_("Code in the books for %(method)s") % {"method": label},
            required=False,
            max_length=60,
            initial=method.books_code,
            widget=forms.TextInput(attrs={"placeholder": suggestion}),
        )


def rows(form: forms.Form, methods: list[Method]) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
    """The pairs of fields, for the screen."""
    for index in range(len(methods)):
        yield form[f"how_{index}"], form[f"books_{index}"]


def chosen(data: Mapping[str, Any], methods: list[Method]) -> dict[str, Any]:
    """The two settings that come of it. A method of which nothing was decided stays out of both."""
    how = {method.code: (data[f"how_{index}"], data[f"books_{index}"].strip()) for index, method in enumerate(methods)}
    return {
        "payment_codes": {
            code: to if way == "forward" else "" for code, (way, to) in how.items() if way in ("forward", "hold")
        },
        "excluded_payment_codes": [code for code, (way, _to) in how.items() if way == "exclude"],
    }
