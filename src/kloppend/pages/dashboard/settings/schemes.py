"""The VAT schemes a merchant can take part in, and between which days."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

DAY = {"type": "date"}


def day(label: Any, help_text: Any = "") -> forms.DateField:
    """A day that may stay empty."""
    widget = forms.DateInput(DAY, "%Y-%m-%d")
    return forms.DateField(label=label, required=False, widget=widget, help_text=help_text)


class SchemesForm(forms.Form):
    """Taking part in a scheme counts on the days between its bounds; an empty bound is no bound."""

    kor = forms.BooleanField(label=_("I take part in the small businesses scheme (KOR): no VAT"), required=False)
    kor_from = day(_("First day of the KOR"), _("Invoices of earlier days have VAT. Empty: no first day."))
    kor_until = day(_("Last day of the KOR"), _("Invoices of later days have VAT again. Empty: it goes on."))
    oss_registered = forms.BooleanField(label=_("I am registered for the One Stop Shop (OSS)"), required=False)
    oss_from = day(_("First day of the OSS"), _("Before it the OSS does not count. Empty: no first day."))
    oss_until = day(_("Last day of the OSS"), _("After it the OSS no longer counts. Empty: it goes on."))

    SCHEMES = ("kor", "kor_from", "kor_until", "oss_registered", "oss_from", "oss_until")

    def clean(self) -> dict[str, Any]:
        """A scheme that ended before it began would silently never count."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for scheme in ("kor", "oss"):
            first, last = data.get(f"{scheme}_from"), data.get(f"{scheme}_until")
            if first and last and last < first:
                self.add_error(f"{scheme}_until", _("The last day lies before the first."))
        return data
