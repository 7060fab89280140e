"""How it is booked through the API: everything that the books offer is chosen by name, and nothing is filled in for
anybody. What was chosen and is there no longer stays chosen, and says so.
"""

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.books.port import Choice, MasterData
from kloppend.connecting.draft import Draft
from kloppend.pages.dashboard.settings import vat_codes
from kloppend.pages.dashboard.settings.payments import Method
from kloppend.pages.look.tags import language

Choices = list[tuple[str, Any]]
TERMS = {"condition": _("Payment condition"), "journal": _("Other journal"), "debtor": _("One fixed debtor")}
"""What goes with a method of payment, of the setting `payment_terms`."""
PDFS = [
    ("no", _("no")),
    ("copy", _("yes, and it says that it is a copy of the order, not the invoice itself")),
    ("plain", _("yes, without those words")),
]
VOUCHERS = [
    ("hold", _("hold the order")),
    ("invoice_in_full", _("invoice in full; I book the voucher as a payment myself")),
]


class FileForm(forms.Form):
    """For books that take files: whose they are."""

    administration = forms.CharField(
        label=_("Licence code of Asperion"), max_length=200, help_text=_("The code of the administration to book in.")
    )

    def __init__(self, draft: Draft, data: Any = None) -> None:
        super().__init__(data, initial={"administration": draft.administration})
        self.draft = draft

    def filled_in(self) -> Draft:
        """The draft as the visitor wants it."""
        return self.draft.with_books(self.draft.books_kind, self.cleaned_data["administration"].strip())


class ApiForm(forms.Form):
    """Journal, debtors, rounding, VAT codes and payment conditions, for the administration of the draft."""

    journal = forms.ChoiceField(label=_("Journal of sales invoices"), required=False)
    debtor_kind = forms.CharField(
        label=_("Kind of debtor for new customers"),
        required=False,
        max_length=40,
        help_text=_("The number of the debiteursoort in Asperion. Its API does not list them, so we cannot check it."),
    )
    rounding_vat_code = forms.ChoiceField(label=_("VAT code of rounding differences"), required=False)
    rounding_ledger_account = forms.ChoiceField(
        label=_("Ledger account of rounding differences"),
        required=False,
        help_text=_("Without both, an order with a rounding difference is held."),
    )
    voucher_payments = forms.ChoiceField(
        label=_("If a gift voucher or store credit paid a part"), choices=VOUCHERS, widget=forms.RadioSelect
    )
    attach_pdf = forms.ChoiceField(
        label=_("Put a PDF with each invoice and credit note in the books"), choices=PDFS, widget=forms.RadioSelect
    )
    ACCOUNTS = ("journal", "debtor_kind", "rounding_vat_code", "rounding_ledger_account")
    PLAIN = (*ACCOUNTS, "voucher_payments", "attach_pdf")

    def __init__(
        self,
        draft: Draft,
        data: Any = None,
        *,
        offered: MasterData,
        sales: list[vat_codes.Sale],
        methods: list[Method],
    ) -> None:
        self.draft, self.offered, self.methods = draft, offered, methods
        self.vat = vat_codes.rows_of(draft.settings, draft.books_kind, sales)
        super().__init__(data, initial=_initial(draft.settings))
        vat_codes.add_fields(self, self.vat, language())
        self._by_name("journal", "rounding_vat_code", "rounding_ledger_account", *self.fields)
        for method in methods:
            self._add_terms(method)

    def _by_name(self, *names: str) -> None:
        """These fields become choices from what the books offer."""
        lists = {"journal": self.offered.journals}
        for name in dict.fromkeys(names):
            kind = name.removeprefix("rounding_")
            if kind.startswith("vat_code"):
                lists[name] = self.offered.vat_codes
            elif kind.startswith("ledger_account"):
                lists[name] = self.offered.ledger_accounts
            if name in lists:
                old = self.fields[name]
                self.fields[name] = _choice(old.label, lists[name], self._before(name), old.help_text)

    def _before(self, name: str) -> str:
        initial = self.fields[name].initial
        return str((self.initial.get(name) if initial is None else initial) or "")

    def _add_terms(self, method: Method) -> None:
        offered = {"condition": self.offered.payment_conditions, "journal": self.offered.journals}
        for name, choices in offered.items():
            self.fields[f"{name}_{method.code}"] = _choice(TERMS[name], choices, method.terms.get(name, ""))
        self.fields[f"debtor_{method.code}"] = forms.CharField(
            label=TERMS["debtor"],
            required=False,
            max_length=60,
            initial=method.terms.get("debtor", ""),
            help_text=_("A debtor number, for all who pay so. Empty: each customer is a debtor."),
        )

    def clean(self) -> dict[str, Any]:
        """Half a rounding account is none."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if bool(data.get("rounding_vat_code")) != bool(data.get("rounding_ledger_account")):
            self.add_error("rounding_ledger_account", _("Choose both the VAT code and the ledger account, or neither."))
        return data

    def plain_fields(self) -> list[forms.BoundField]:
        """What is asked once."""
        return [self[name] for name in self.PLAIN]

    def vat_rows(self) -> Iterator[tuple[Any, list[forms.BoundField], str]]:
        """Per kind of sale: label, fields, and what it looks like in the books while nothing was chosen."""
        suggestions = [_suggested(sale, self.offered) if not row else "" for sale, row in self.vat]
        for index, (label, fields) in enumerate(vat_codes.shown(self, self.vat, language())):
            yield label, fields, suggestions[index] if index < len(suggestions) else ""

    def payment_rows(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """Per method of payment."""
        for method in self.methods:
            label = f"{method.name} ({method.code})" if method.name else method.code
            yield label, [self[f"{name}_{method.code}"] for name in TERMS]

    def filled_in(self) -> Draft:
        """The draft as the visitor wants it; options this form does not show stay as they are."""
        data, options = self.cleaned_data, dict(self.draft.settings.get("books_options") or {})
        options |= {name: data[name].strip() for name in ("journal", "debtor_kind", "voucher_payments")}
        account = data["rounding_ledger_account"]
        options["rounding"] = (
            {"vat_code": data["rounding_vat_code"], "ledger_account": int(account)} if account else None
        )
        return self.draft.with_settings(
            books_options=options,
            attach_pdf=data["attach_pdf"],
            payment_terms=self._terms(),
            **vat_codes.chosen(data, self.vat),
        )

    def _terms(self) -> dict[str, dict[str, str]]:
        """What was chosen, per method of payment."""
        found = {}
        for method in self.methods:
            terms = {name: self.cleaned_data[f"{name}_{method.code}"].strip() for name in TERMS}
            found[method.code] = {name: value for name, value in terms.items() if value}
        return {code: terms for code, terms in found.items() if terms}


def _initial(settings: Mapping[str, Any]) -> dict[str, Any]:
    options: Mapping[str, Any] = settings.get("books_options") or {}
    rounding = options.get("rounding") or {}
    return {
        "journal": options.get("journal", ""),
        "debtor_kind": options.get("debtor_kind", ""),
        "rounding_vat_code": rounding.get("vat_code", ""),
        "rounding_ledger_account": str(rounding.get("ledger_account", "")),
        "voucher_payments": options.get("voucher_payments", "hold"),
        "attach_pdf": settings.get("attach_pdf", "no"),
    }


def _choice(label: Any, offered: Iterable[Choice], before: str, help_text: Any = "") -> forms.ChoiceField:
    """A choice by name. One made before stays possible when the books have it no longer, marked as such."""
    choices: Choices = [("", _("not chosen")), *((each.id, shown(each)) for each in offered)]
    if before and before not in {key for key, _label in choices}:
        choices.append((before, _("%(key)s (no longer in the books)") % {"key": before}))
    return forms.ChoiceField(label=label, choices=choices, required=False, initial=before, help_text=help_text)


def shown(choice: Choice) -> str:
    """A choice for people, with its number in the books."""
    closed = f" (t/m {choice.last_day})" if choice.last_day else ""
    return f"{choice.id} {choice.name}{closed}".strip()


def _suggested(sale: vat_codes.Sale, offered: MasterData) -> str:
    """The only VAT code of this percentage and country; nothing where that is not so, or where nothing is charged."""
    rate = Decimal(sale.rate)
    like = [each for each in offered.vat_codes if each.rate == rate and each.country == (sale.country or "NL")]
    return shown(like[0]) if rate and len(like) == 1 else ""
