"""The settings form: a draft of the connection, with what the shop offers to choose from. The checks judge it."""

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.books.registry import API_BOOKS
from kloppend.connecting.draft import Draft
from kloppend.connecting.trial import Offer
from kloppend.domain.invoicing.vat_number import is_vat_number, normalise
from kloppend.pages.dashboard.settings import file_options, options, payments, total_codes, values, vat_codes, zero_vat
from kloppend.pages.dashboard.settings.schemes import SchemesForm, day
from kloppend.pages.look.tags import language
from kloppend.shops.port import Named
from kloppend.sync.choices import MOST_TOLERANCE, MOST_VAT_CHECK_DAYS

_INVOICE_AND_FILE = ("invoice_date", "file_time", "time_zone", "books_closed_until", "closed_period")

Choices = list[tuple[str, Any]]


def _many(label: Any, **more: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False, widget=forms.CheckboxSelectMultiple, **more)


def _radio(label: Any, choices: Choices) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect)


def _secret(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "off", "placeholder": "••••••••"})
    return forms.CharField(label=label, required=False, max_length=64, widget=widget, help_text=help_text)


class SettingsForm(SchemesForm):
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
    start_date = day(_("Start with orders of"))
    start_order_number = forms.IntegerField(label=_("Or start with order number"), required=False, min_value=1)
    invoice_date = _radio(_("The invoice gets"), options.INVOICE_DATES)
    file_time = forms.TimeField(
        label=_("The day's file is made at"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Decides on which day an order falls, and when the day's file is made.")
    )
    tolerance_cents = forms.IntegerField(
        label=_("Largest rounding difference, in cents"),
        min_value=0,
        max_value=MOST_TOLERANCE,
        help_text=_(
            "If the shop's total is off its rows by no more than this, the invoice gets a line for it; "
            "by more, the order is refused."
        ),
    )
    books_closed_until = day(_("The books are closed up to and including"))
    closed_period = _radio(_("If an invoice falls in the closed period"), options.CLOSED_PERIOD)
    credit_on_cancel = _radio(_("If an order is cancelled after it was forwarded"), options.CREDIT_ON_CANCEL)
    foreign_currency = _radio(_("If the customer paid in another currency"), options.FOREIGN_CURRENCY)
    vat_number_field = forms.ChoiceField(label=_("The customer's VAT number stands in"), required=False)
    vies = _radio(_("VAT numbers of businesses elsewhere in the EU"), options.VIES)
    own_vat_number = forms.CharField(
        label=_("Your own VAT number"),
        required=False,
        max_length=20,
        help_text=_("With it VIES gives a consultation number, which proves that you checked."),
    )
    unchecked_vat_numbers = _radio(_("If the numbers are not checked"), options.UNCHECKED)
    vat_check_days = forms.IntegerField(
        label=_("For how many days a yes of VIES counts"), min_value=0, max_value=MOST_VAT_CHECK_DAYS
    )
    excluded_stores = _many(_("Leave out orders of these stores"))
    excluded_groups = _many(_("Leave out orders of these customer groups"))
    language = forms.ChoiceField(label=_("Language of invoice descriptions and mails"), choices=options.LANGUAGES)

    OF_DRAFT = ("name", "shop_address", "api_key", "licence_key", "administration")
    SECRETS = ("api_key", "licence_key")
    GROUPS = (
        (_("Shop and books"), OF_DRAFT),
        (_("When an order is forwarded"), ("trigger_statuses", "cancel_statuses", "start_date", "start_order_number")),
        (_("Invoice and file"), (*_INVOICE_AND_FILE, "credit_on_cancel", "language")),
        (_("VAT and currency"), ("vat_number_field", "foreign_currency", "tolerance_cents", *SchemesForm.SCHEMES)),
        (_("VAT numbers of customers"), ("vies", "vat_check_days", "own_vat_number", "unchecked_vat_numbers")),
        (_("Leave out"), ("excluded_stores", "excluded_groups")),
    )

    def __init__(
        self,
        draft: Draft,
        offer: Offer | None,
        data: Any = None,
        *,
        sales: Sequence[vat_codes.Sale] = (),
        unknown_totals: Sequence[str] = (),
        untaxed: Sequence[str] = (),
    ) -> None:
        self.draft, self.methods = draft, payments.methods_of(draft.settings, offer)
        by_api = draft.books_kind in API_BOOKS
        self.by_api = by_api  # then codes, conditions and journals are chosen by name on the page about the books
        self.vat = [] if by_api else vat_codes.rows_of(draft.settings, draft.books_kind, list(sales))
        self.totals = total_codes.codes_of(draft.settings, list(unknown_totals))
        self.classes = zero_vat.classes_of(draft.settings, offer, untaxed)
        super().__init__(data, initial=values.initial(draft))
        catalogue = offer.catalogue if offer else None
        statuses = catalogue.statuses if catalogue else ()
        if by_api:
            del self.fields["administration"], self.fields["file_time"]
        self._offer("trigger_statuses", statuses)
        self._offer("cancel_statuses", statuses)
        self._offer("excluded_stores", offer.identity.stores if offer else ())
        self._offer("excluded_groups", catalogue.customer_groups if catalogue else ())
        self._offer("vat_number_field", catalogue.custom_fields if catalogue else (), [("", str(_("no field")))])
        zones = dict.fromkeys([*options.TIME_ZONES, str(self.initial["time_zone"])])
        self._choices("time_zone", [(zone, zone) for zone in zones])
        payments.add_fields(self, self.methods, () if by_api else payments.TERMS)
        total_codes.add_fields(self, draft.settings, self.totals)
        vat_codes.add_fields(self, self.vat, language())
        zero_vat.add_fields(self, draft.settings, self.classes)
        file_options.add_fields(self, draft)
        if data is not None:
            values.fill_in_what_came_meanwhile(self)

    def clean_own_vat_number(self) -> str:
        """Told at the field: the settings would refuse it in other words."""
        number: str = self.cleaned_data["own_vat_number"].strip()
        if number and not is_vat_number(normalise(number)):
            raise forms.ValidationError(_("This is no VAT number. Write it with its country code, as NL000099998B57."))
        return number

    def _offer(self, name: str, offered: Iterable[Named], first: Choices | None = None) -> None:
        """What the shop has, and what was chosen before even if the shop has it no longer."""
        choices = (first or []) + [(one.key, one.name or one.key) for one in offered]
        before = self.initial[name]
        missing = {before} if isinstance(before, str) else set(before)
        choices += [
            (key, _("%(key)s (not in the shop)") % {"key": key})
            for key in sorted(missing - {key for key, _name in choices})
        ]
        self._choices(name, choices)

    def _choices(self, name: str, choices: Choices) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared above
        field.choices = choices

    def groups(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The fields under their headings; a choice of nothing is left out."""
        there = {name for name, field in self.fields.items() if getattr(field, "choices", True)}
        return [(heading, [self[name] for name in names if name in there]) for heading, names in self.GROUPS]

    def payment_rows(self) -> list[payments.Row]:
        """The table of payment methods."""
        return list(payments.rows(self, self.methods))

    def total_rows(self) -> list[forms.BoundField]:
        """The table of rows in an order's totals."""
        return total_codes.rows(self, self.totals)

    def vat_rows(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """The table of VAT codes, where the books need them."""
        return list(vat_codes.shown(self, self.vat, language()))

    def class_rows(self) -> list[forms.BoundField]:
        """The table of the shop's tax classes."""
        return zero_vat.rows(self, self.classes)

    def file_rows(self) -> list[forms.BoundField]:
        """What a file may hold, where the books take Asperion's files."""
        return file_options.rows(self)

    def filled_in(self) -> Draft:
        """The draft as the visitor wants it; settings this form does not show stay as they are."""
        data = self.cleaned_data
        fields = {
            name: data[name] for name in self.OF_DRAFT if name in data and (data[name] or name not in self.SECRETS)
        }
        names = {name for _heading, group in self.GROUPS for name in group if name in data} - set(self.OF_DRAFT)
        settings = {name: values.stored(data[name]) for name in names if name != "start_order_number"}
        settings["start_order_number"] = data["start_order_number"]
        tables = {**payments.chosen(data, self.methods), **vat_codes.chosen(data, self.vat)}
        tables |= total_codes.chosen(data, self.totals)
        tables |= zero_vat.chosen(data, self.classes) | file_options.chosen(data, self.draft)
        return self.draft.changed(**fields).with_settings(**settings, **tables)
