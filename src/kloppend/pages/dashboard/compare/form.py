"""What somebody uploads to compare with: the file, the period, and for a CSV what its columns mean."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.books.asperion.exports import LARGEST, Columns

DAY = {"type": "date"}
MEGABYTES = LARGEST // 1_000_000


class CompareForm(forms.Form):
    """An export and a period."""

    export = forms.FileField(
        label=_("Export of your books"),
        help_text=_("An audit file (XAF), or a list as CSV. The file is read and not kept."),
        allow_empty_file=True,
    )
    first_day = forms.DateField(label=_("Invoices from"), widget=forms.DateInput(DAY, "%Y-%m-%d"))
    last_day = forms.DateField(label=_("Up to and including"), widget=forms.DateInput(DAY, "%Y-%m-%d"))

    ask = forms.BooleanField(label=_("Choose the columns of a CSV list again"), required=False)

    def clean_export(self) -> Any:
        """Not larger than what we read."""
        export = self.cleaned_data["export"]
        if export.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than %(most)s MB."), params={"most": MEGABYTES})
        return export

    def clean(self) -> dict[str, Any]:
        """A period that ends before it begins holds nothing."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", _("The last day lies before the first."))
        return data


class ColumnsForm(forms.Form):
    """Which column means what: the person says so, we only remember it."""

    description = forms.ChoiceField(label=_("Description, with the order number"))
    gross = forms.ChoiceField(label=_("Amount including VAT"))
    number = forms.ChoiceField(label=_("Invoice number"), required=False)
    booked_on = forms.ChoiceField(label=_("Invoice date"), required=False)

    def __init__(self, offered: Sequence[str], data: Any = None, initial: Mapping[str, str] | None = None) -> None:
        super().__init__(data, initial=dict(initial or {}))
        for name, field in self.fields.items():
            assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
            nothing = [("", _("choose")) if field.required else ("", _("none"))]
            field.choices = [*nothing, *((one, one) for one in dict.fromkeys(filter(None, offered)))]
            field.widget.attrs["aria-label"] = str(field.label)
            self.initial[name] = self.initial.get(name, "") if self.initial.get(name) in offered else ""

    def columns(self) -> Columns:
        """What was chosen."""
        return Columns(**self.cleaned_data)


def last_month(today: date) -> dict[str, date]:
    """The period that is proposed: from the beginning of last month until today."""
    return {"first_day": (today.replace(day=1) - timedelta(days=1)).replace(day=1), "last_day": today}
