"""What may go into Asperion's order file, and what *Verkopen BTW 0%* stands for: the layout's switches in words."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.books.asperion.axml import AxmlBooks, ProfileError
from kloppend.books.asperion.axml.layout import Profile, Switches
from kloppend.books.asperion.axml.records import leaves
from kloppend.books.port import BooksSettings
from kloppend.connecting.draft import Draft

KIND = "asperion_axml"
_HOLD = _("hold the order")
LABELS: Mapping[str, Any] = {
    "zero_class_means": _("In my Asperion 'Verkopen BTW 0%' stands for"),
    "negative_lines": _("A discount, or another line with a negative amount"),
    "rounding_line": _("A rounding difference of a cent or so"),
    "voucher_payments": _("What was paid with a gift voucher or store credit"),
    "credit_notes": _("A credit note"),
}
WORDS: Mapping[str, Mapping[str, Any]] = {
    "zero_class_means": {
        "icp": _("supplies to businesses elsewhere in the EU (ICP)"),
        "export": _("export outside the EU"),
        "exempt": _("exempt sales"),
        "kor": _("sales under the small businesses scheme (KOR)"),
        "": _("nothing: hold every order without VAT"),
    },
    "negative_lines": {"line": _("goes into the file as a line"), "hold": _HOLD},
    "rounding_line": {"node": _("goes into the place that the layout has for it"), "hold": _HOLD},
    "voucher_payments": {"node": _("goes into the place that the layout has for it"), "hold": _HOLD},
    "credit_notes": {
        "negative": _("goes into the file as an order with negative amounts"),
        "hold": _("stays out of the file: make it in Asperion"),
    },
}
_NEEDS = {"rounding_line": "totals.rounding", "voucher_payments": "totals.payments"}
HELP: Mapping[str, Any] = {
    "zero_class_means": _(
        "Asperion's import has one sales type for all lines without VAT. Choose here what you use it for; orders "
        "without VAT for another reason wait. Margin goods and foreign VAT (OSS) do not fit in the file."
    ),
}


def layout_of(draft: Draft) -> Profile | None:
    """The layout as it would be without the switches of the settings; None for other books, or when it is wrong."""
    if draft.books_kind != KIND:
        return None
    given = {name: value for name, value in _options(draft).items() if name in ("profile", "profile_toml")}
    try:
        return AxmlBooks(BooksSettings(administration="", options=given)).profile
    except (ProfileError, TypeError):
        return None


def add_fields(form: forms.Form, draft: Draft) -> None:
    """A choice per switch; the first leaves it to the layout."""
    profile = layout_of(draft)
    if profile is None:
        return
    stored = _switches(draft)
    for name, label in LABELS.items():
        initial = str(stored.get(name, ""))
        form.fields[_field(name)] = forms.ChoiceField(
            label=label,
            choices=_offered(profile, name, initial),
            required=False,
            initial=initial,
            help_text=HELP.get(name, ""),
        )


def rows(form: forms.Form) -> list[forms.BoundField]:
    """The choices, for the screen; none for other books."""
    return [form[_field(name)] for name in LABELS if _field(name) in form.fields]


def chosen(data: Mapping[str, Any], draft: Draft) -> dict[str, Any]:
    """The options of the books with these switches; options that are not shown stay."""
    shown = {name: data[_field(name)] for name in LABELS if _field(name) in data}
    if not shown:
        return {}
    switches = {name: value for name, value in _switches(draft).items() if name not in shown}
    switches |= {name: value for name, value in shown.items() if value}
    options = {name: value for name, value in _options(draft).items() if name != "switches"}
    return {"books_options": options | ({"switches": switches} if switches else {})}


def _offered(profile: Profile, name: str, stored: str) -> list[tuple[str, Any]]:
    """What the layout has a place for, and what was chosen before."""
    own = getattr(profile.switches, name)
    carried = {leaf.node.field for leaf in leaves(profile.tree)}
    possible = [
        value for value in WORDS[name] if value and (value != "node" or _NEEDS[name] in carried or value == stored)
    ]
    first = _("as the layout says: %(what)s") % {"what": WORDS[name][own]} if own else WORDS[name][""]
    return [("", first), *((value, WORDS[name][value]) for value in possible)]


def _options(draft: Draft) -> dict[str, Any]:
    options = draft.settings.get("books_options")
    return dict(options) if isinstance(options, Mapping) else {}


def _switches(draft: Draft) -> dict[str, Any]:
    switches = _options(draft).get("switches")
    return {name: value for name, value in dict(switches or {}).items() if name in Switches.__struct_fields__}


def _field(name: str) -> str:
    return f"switch_{name}"
