"""What is needed before the shop can be asked anything."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kloppend.books.registry import BOOKS
from kloppend.connecting.draft import Draft
from kloppend.pages.dashboard.books.views import CHANNELS
from kloppend.records.models import Merchant
from kloppend.sync.consent import asks_consent


def _secret(label: Any, help_text: Any, *, required: bool) -> forms.CharField:
    """Shown again as dots when the form comes back: nobody types a long key twice for a typing error elsewhere."""
    widget = forms.PasswordInput(attrs={"autocomplete": "off"}, render_value=True)
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=64, widget=widget)


class ConnectForm(forms.Form):
    """Fields by the names of `Draft`, and whose connection it becomes."""

    merchant = forms.ModelChoiceField(Merchant.objects.none(), label=_("For the shopkeeper"), required=False)
    new_merchant = forms.CharField(
        label=_("Or a new shopkeeper, called"), max_length=200, required=False, help_text=_("A name of your choice.")
    )
    shop_address = forms.CharField(
        label=_("Address of the shop"), max_length=500, help_text=_("As in the browser, such as https://www.example.nl")
    )
    api_key = _secret(_("API key"), _("As it stands in the extension of your shop."), required=True)
    licence_key = _secret(_("Licence key of Kloppend"), _("If you got one with your registration."), required=False)
    books_kind = forms.ChoiceField(
        label=_("How invoices reach Asperion"), choices=list(CHANNELS.items()), widget=forms.RadioSelect
    )
    administration = forms.CharField(
        label=_("Licence code of Asperion"),
        max_length=200,
        required=False,
        help_text=_("The code of the administration to book in. Not needed for the API: there you choose from a list."),
    )
    name = forms.CharField(
        label=_("Name of this connection"),
        max_length=200,
        help_text=_("A name of your choice; it stands above every page."),
    )

    def __init__(self, merchants: QuerySet[Merchant], data: Any = None, *, may_make_merchants: bool) -> None:
        super().__init__(data, initial={"books_kind": next(iter(BOOKS))})
        field = self.fields["merchant"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = merchants
        self.only = None if may_make_merchants or merchants.count() != 1 else merchants.get()
        field.required = not may_make_merchants and self.only is None
        if self.only:
            del self.fields["merchant"]
        if not may_make_merchants:
            del self.fields["new_merchant"]

    def clean(self) -> dict[str, Any]:
        """A shopkeeper who exists, or a new one; not both and not neither."""
        data = super().clean() or {}
        if "new_merchant" in self.fields and bool(data.get("merchant")) == bool(data.get("new_merchant")):
            self.add_error("merchant", _("Choose a shopkeeper, or fill in the name of a new one."))
        if not asks_consent(data.get("books_kind", "")) and not data.get("administration"):
            self.add_error("administration", _("Fill in the licence code of the administration."))
        return data

    def draft(self) -> Draft:
        """What was filled in; no settings yet. An administration behind an API is chosen later, from a list."""
        names = ["name", "shop_address", "api_key", "licence_key", "books_kind"]
        if not asks_consent(self.cleaned_data["books_kind"]):
            names.append("administration")
        return Draft(**{name: self.cleaned_data[name].strip() for name in names})

    def owner(self) -> Merchant:
        """Whose connection it becomes; a new one is made here."""
        chosen: Merchant | None = self.only or self.cleaned_data.get("merchant")
        return chosen or Merchant.objects.create(name=self.cleaned_data["new_merchant"])
