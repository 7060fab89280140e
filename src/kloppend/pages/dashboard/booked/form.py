"""Which orders were booked already: their numbers, or everything up to a number or a day."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

MOST_NUMBERS = 5000


class BookedForm(forms.Form):
    """One of the three is filled in; `numbers` becomes a list."""

    numbers = forms.CharField(
        label=_("Order numbers"),
        required=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 4, "inputmode": "numeric"}),
        help_text=_("Separated by spaces, commas or line breaks. Orders that have not come in yet are remembered."),
    )
    until_number = forms.IntegerField(label=_("Or all orders up to and including number"), required=False, min_value=1)
    until_day = forms.DateField(
        label=_("Or all orders placed up to and including"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_numbers(self) -> list[str]:
        """The numbers, each once, in the sequence given."""
        numbers = list(dict.fromkeys(part for part in re.split(r"[\s,;]+", self.cleaned_data["numbers"]) if part))
        if len(numbers) > MOST_NUMBERS:
            raise forms.ValidationError(_("That are more than 5000 numbers: use a number or a day up to which."))
        return numbers

    def clean(self) -> dict[str, Any]:
        """Numbers or a bound, not both: what is meant must be plain."""
        data = super().clean() or {}
        bounded = data.get("until_number") is not None or data.get("until_day") is not None
        if not self.errors and bool(data.get("numbers")) == bounded:
            raise forms.ValidationError(_("Fill in order numbers, or up to where; not both."))
        return data
