"""Where orders go that do not say whose they are: the two settings of the customers page."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.sync.customers import LONGEST_NUMBER


class GuestsForm(forms.Form):
    """`not_customers` becomes a list."""

    guest_debtor = forms.CharField(
        label=_("Collective debtor for orders without e-mail address"),
        required=False,
        max_length=LONGEST_NUMBER,
        help_text=_(
            "A debtor number of your books. Empty: such orders wait. "
            "Supplies to businesses elsewhere in the EU always need a debtor of their own."
        ),
    )
    not_customers = forms.CharField(
        label=_("These addresses are not of a customer"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_(
            "One on each line; * stands for anything, as in *@marketplace.amazon.*. "
            "For instance relay addresses of a marketplace, or your own address for orders by telephone. "
            "Their orders count as orders without e-mail address."
        ),
    )

    def clean_not_customers(self) -> list[str]:
        """Every address once; one that would be every address is refused."""
        found = list(dict.fromkeys(part.lower() for part in re.split(r"[\s,;]+", self.cleaned_data["not_customers"])))
        found = [part for part in found if part]
        for part in found:
            if not part.replace("*", "").strip("@. "):
                raise forms.ValidationError(_("%(part)s would be every address."), params={"part": part})
            if "@" not in part:
                raise forms.ValidationError(_("%(part)s has no @."), params={"part": part})
        return found

    @classmethod
    def initial_of(cls, settings: dict[str, Any]) -> dict[str, str]:
        """What is in force now."""
        patterns = settings.get("not_customers") or []
        return {"guest_debtor": str(settings.get("guest_debtor") or ""), "not_customers": "\n".join(patterns)}
