"""The settings form: a draft of the connection, with what the shop offers to choose from. The checks judge it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.connecting.draft import Draft
from kloppend.connecting.trial import Offer
from kloppend.pages.dashboard.settings import payments, vat_codes
from kloppend.pages.look.tags import language
from kloppend.shops.port import Named

INVOICE_DATES = [
    ("order_date", _("the date of the order")),
    ("trigger_date", _("the date on which the order got its status")),
    ("sending_date", _("the date of the file")),
]
CLOSED_PERIOD = [("hold", _("hold the order")), ("first_open_day", _("date the invoice on the first open day"))]
FOREIGN_CURRENCY = [
    ("refuse", _("refuse the order")),
    ("book_in_base", _("book the shop's euro amounts, with a warning")),
]
VIES = [("on", _("check them with VIES, the register of the EU")), ("off", _("do not check them"))]
UNCHECKED = [("hold", _("hold the order")), ("accept", _("book it without VAT, at my own risk"))]
CREDIT_ON_CANCEL = [
    ("propose", _("propose a credit note")),
    ("automatic", _("make the credit note by itself, with the day's file")),
]
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
DAY = {"type": "date"}
_INVOICE_AND_FILE = ("invoice_date", "file_time", "books_closed_until", "closed_period")

Choices = list[tuple[str, str]]


def _many(label: Any, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **more)


def _secret(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off", "placeholder": "••••••••"})
    return forms.CharField(label=label, required=False, max_length=64, widget=widget, help_text=help_text)


class SettingsForm(forms.Form):
    """Fields by the names of `Draft` and of `Choices`; an empty secret keeps the one there is."""

    name = forms.CharField(label=_("Name of this connection"), max_length=200)
    shop_address = forms.CharField(label=_("Address of the shop"), max_length=500)
    api_key = _secret(
        _("API key"), _("As it stands in the extension of your shop. Leave it empty to keep the present one.")
    )
    licence_key = _secret(_("Licence key of Kloppend"), _("Leave it empty to keep the present one."))
    administration = forms.CharField(label=_("Licence code of Asperion"), max_length=200)
    trigger_statuses = _many(_("An order is forwarded once it has one of these statuses"))
    cancel_statuses = _many(_("An order with one of these statuses is never forwarded"))
    start_date = forms.DateField(
        label=_("Start with orders of"), required=False, widget=forms.DateInput(DAY, "%Y-%m-%d")
    )
    start_order_number = forms.IntegerField(label=_("Or start with order number"), required=False, min_value=0)
    invoice_date = forms.ChoiceField(label=_("The invoice gets"), choices=INVOICE_DATES, widget=forms.RadioSelect)
    file_time = forms.TimeField(
        label=_("The day's file is made at"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    books_closed_until = forms.DateField(
        label=_("The books are closed up to and including"), required=False, widget=forms.DateInput(DAY, "%Y-%m-%d")
    )
    closed_period = forms.ChoiceField(
        label=_("If an invoice falls in the closed period"), choices=CLOSED_PERIOD, widget=forms.RadioSelect
    )
    credit_on_cancel = forms.ChoiceField(
        label=_("If an order is cancelled after it was forwarded"), choices=CREDIT_ON_CANCEL, widget=forms.RadioSelect
    )
    foreign_currency = forms.ChoiceField(
        label=_("If the customer paid in another currency"), choices=FOREIGN_CURRENCY, widget=forms.RadioSelect
    )
    vat_number_field = forms.ChoiceField(label=_("The customer's VAT number stands in"), required=False)
    vies = forms.ChoiceField(
        label=_("VAT numbers of businesses elsewhere in the EU"), choices=VIES, widget=forms.RadioSelect
    )
    own_vat_number = forms.CharField(
        label=_("Your own VAT number"),
        required=False,
        max_length=20,
        help_text=_("With it VIES gives a consultation number, which proves that you checked."),
    )
    unchecked_vat_numbers = forms.ChoiceField(
        label=_("If the numbers are not checked"), choices=UNCHECKED, widget=forms.RadioSelect
    )
    excluded_stores = _many(_("Leave out orders of these stores"))
    excluded_groups = _many(_("Leave out orders of these customer groups"))
    kor = forms.BooleanField(label=_("I take part in the small businesses scheme (KOR): no VAT"), required=False)
    oss_registered = forms.BooleanField(label=_("I am registered for the One Stop Shop (OSS)"), required=False)
    language = forms.ChoiceField(label=_("Language of invoice descriptions and mails"), choices=LANGUAGES)

    OF_DRAFT = ("name", "shop_address", "api_key", "licence_key", "administration")
    SECRETS = ("api_key", "licence_key")
    GROUPS = (
        (_("Shop and books"), OF_DRAFT),
        (_("When an order is forwarded"), ("trigger_statuses", "cancel_statuses", "start_date", "start_order_number")),
        (_("Invoice and file"), (*_INVOICE_AND_FILE, "credit_on_cancel", "language")),
        (_("VAT and currency"), ("vat_number_field", "foreign_currency", "kor", "oss_registered")),
        (_("VAT numbers of customers"), ("vies", "own_vat_number", "unchecked_vat_numbers")),
        (_("Leave out"), ("excluded_stores", "excluded_groups")),
    )

    def __init__(
        self, draft: Draft, offer: Offer | None, data: Any = None, *, sales: Sequence[vat_codes.Sale] = ()
    ) -> None:
        self.draft, self.methods = draft, payments.methods_of(draft.settings, offer)
        self.vat = vat_codes.rows_of(draft.settings, draft.books_kind, list(sales))
        super().__init__(data, initial=_initial(draft))
        catalogue = offer.catalogue if offer else None
        statuses = catalogue.statuses if catalogue else ()
        self._offer("trigger_statuses", statuses)
        self._offer("cancel_statuses", statuses)
        self._offer("excluded_stores", offer.identity.stores if offer else ())
        self._offer("excluded_groups", catalogue.customer_groups if catalogue else ())
        self._offer("vat_number_field", catalogue.custom_fields if catalogue else (), [("", str(_("no field")))])
        payments.add_fields(self, self.methods)
        vat_codes.add_fields(self, self.vat, language())

    def _offer(self, name: str, offered: Iterable[Named], first: Choices | None = None) -> None:
        """What the shop has, and what was chosen before even if the shop has it no longer."""
        choices = (first or []) + [(one.key, one.name or one.key) for one in offered]
        before = self.initial[name]
        missing = {before} if isinstance(before, str) else set(before)
        choices += [
            (key, _("%(key)s (not in the shop)") % {"key": key})
            for key in sorted(missing - {key for key, _name in choices})
        ]
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings; a choice of nothing is left out."""
        return [
            (heading, [self[name] for name in names if getattr(self.fields[name], "choices", True)])
            for heading, names in self.GROUPS
        ]

    def payment_rows(self) -> list[payments.Row]:
        """The table of payment methods."""
        return list(payments.rows(self, self.methods))

    def vat_rows(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The table of VAT codes, where the books need them."""
        return list(vat_codes.shown(self, self.vat, language()))

    def filled_in(self) -> Draft:
        """The draft as the visitor wants it; settings this form does not show stay as they are."""
        data = self.cleaned_data
        fields = {name: data[name] for name in self.OF_DRAFT if data[name] or name not in self.SECRETS}
        names = {name for _heading, group in self.GROUPS for name in group} - set(self.OF_DRAFT)
        settings = {name: _stored(data[name]) for name in names if name != "start_order_number"}
        settings["start_order_number"] = data["start_order_number"]
        tables = {**payments.chosen(data, self.methods), **vat_codes.chosen(data, self.vat)}
        return self.draft.changed(**fields).with_settings(**settings, **tables)


def _initial(draft: Draft) -> dict[str, Any]:
    """What stands there now; a setting that was never made has the default of `Choices`."""
    defaults = {
        **{name: [] for name in ("trigger_statuses", "cancel_statuses", "excluded_stores", "excluded_groups")},
        **{"vat_number_field": "", "file_time": "06:00", "invoice_date": "order_date", "closed_period": "hold"},
        **{"foreign_currency": "refuse", "language": "nl", "credit_on_cancel": "propose"},
        **{"vies": "on", "unchecked_vat_numbers": "hold"},
    }
    shown = {"name": draft.name, "shop_address": draft.shop_address, "administration": draft.administration}
    return defaults | draft.settings | shown


def _stored(value: Any) -> Any:
    """As the settings' JSON has it: dates and times as text, nothing as empty text."""
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return value.isoformat("minutes") if hasattr(value, "hour") else value.isoformat()
    return value
