"""The table of VAT codes and ledger accounts: what the merchant filled in, and empty rows for what occurred besides."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from kloppend.books.registry import API_BOOKS
from kloppend.domain.wording import TREATMENTS, Language
from kloppend.records.models import Connection, InvoiceLine

NEW = "new"
"""The name of the row with which a code gets another start date."""


class Sale(NamedTuple):
    """A kind of sale that a row is about; `country` for OSS only, `category` for gift vouchers only."""

    treatment: str
    rate: str
    country: str
    category: str

    @property
    def key(self) -> str:
        """For machines."""
        return "/".join(self)

    def label(self, language: Language) -> str:
        """For people."""
        named = TREATMENTS[language].get(self.treatment, self.treatment)
        about = _("gift vouchers sold") if self.category == "O" else f"{named} {self.country}".strip()
        return f"{about}, {self.rate}%"


ALWAYS = (Sale("domestic", "21", "", ""), Sale("domestic", "9", "", ""))
Row = tuple[Sale, Mapping[str, Any]]


def occurred(connection: Connection) -> list[Sale]:
    """Kinds of sales of this connection, booked or held for want of a code; the same two for everybody."""
    lines = InvoiceLine.objects.filter(invoice__order__connection=connection).exclude(treatment="")
    found = {_sale(*row) for row in lines.values_list("treatment", "vat_rate", "invoice__vat_country", "vat_category")}
    for detail in connection.problems.filter(code="VAT_CODE_NOT_MAPPED").values_list("detail", flat=True):
        found.add(_sale(detail["treatment"], Decimal(detail["rate"]), detail.get("country", ""), detail["category"]))
    return sorted(found | set(ALWAYS))


def rows_of(settings: Mapping[str, Any], books_kind: str, sales: list[Sale]) -> list[Row]:
    """The stored rows, then empty ones; none at all where the books need no codes."""
    stored = [dict(row) for row in settings.get("vat_codes") or ()]
    if books_kind not in API_BOOKS and not stored:
        return []
    rows: list[tuple[Sale, Mapping[str, Any]]] = [
        (Sale(row["treatment"], str(row["rate"]), row.get("country", ""), row.get("category", "")), row)
        for row in stored
    ]
    known = {(sale.treatment, Decimal(sale.rate), sale.country, sale.category) for sale, _row in rows}
    missing = [sale for sale in sales if (sale.treatment, Decimal(sale.rate), sale.country, sale.category) not in known]
    return rows + [(sale, {}) for sale in missing]


def add_fields(form: forms.Form, rows: list[Row], language: Language) -> None:
    """Code, ledger account and first day per row, and one row more for another start date."""
    named = {name: row for name, _sale, row in _named(rows)}
    for name, row in {**named, NEW: {}}.items() if rows else ():
        for field, label in (("vat_code", _("VAT code")), ("ledger_account", _("Ledger account"))):
            form.fields[f"{field}_{name}"] = forms.CharField(
                label=label, required=False, max_length=40, initial=row.get(field, "")
            )
        form.fields[f"vat_from_{name}"] = forms.DateField(
            label=_("From"),
            required=False,
            initial=row.get("from") or None,
            widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        )
    if rows:
        sales = dict.fromkeys(sale for sale, _row in rows)
        choices = [("", "–"), *((sale.key, sale.label(language)) for sale in sales)]
        form.fields["vat_sale_new"] = forms.ChoiceField(label=_("Another code for"), choices=choices, required=False)


def shown(form: forms.Form, rows: list[Row], language: Language) -> Iterator[tuple[Any, list[forms.BoundField]]]:
    """Label and fields of every row, for the screen."""
    for key, sale, _row in _named(rows):
        yield sale.label(language), [form[f"{name}_{key}"] for name in ("vat_code", "ledger_account", "vat_from")]
    if rows:
        names = ("vat_sale_new", "vat_code_new", "ledger_account_new", "vat_from_new")
        yield _("Another code from a later day"), [form[name] for name in names]


def chosen(data: Mapping[str, Any], rows: list[Row]) -> dict[str, Any]:
    """The setting that comes of it; what a row holds besides these fields stays."""
    if not rows:
        return {}
    wanted = list(_named(rows))
    if data["vat_sale_new"]:
        wanted.append((NEW, next(sale for sale, _row in rows if sale.key == data["vat_sale_new"]), {}))
    return {"vat_codes": [_stored(sale, row, data, name) for name, sale, row in wanted if data[f"vat_code_{name}"]]}


def _named(rows: list[Row]) -> Iterator[tuple[str, Sale, Mapping[str, Any]]]:
    """Rows with the names of their fields: by what a row is about, so that a row more or less shifts nothing."""
    used = Counter[str]()
    for sale, row in rows:
        name = f"{sale.key}/{row.get('from', '')}"
        used[name] += 1
        yield (name if used[name] == 1 else f"{name}/{used[name]}"), sale, row


def _stored(sale: Sale, row: Mapping[str, Any], data: Mapping[str, Any], name: str) -> dict[str, Any]:
    first = data[f"vat_from_{name}"]
    filled = {
        "vat_code": data[f"vat_code_{name}"],
        "ledger_account": data[f"ledger_account_{name}"],
        "from": first.isoformat() if first else "",
    }
    return {**sale._asdict(), **row, **filled}


def _sale(treatment: str, rate: Decimal, country: str, category: str) -> Sale:
    """A kind of sale as a row names it."""
    voucher = category == "O"
    return Sale(treatment, f"{rate.normalize():f}", country if treatment == "oss" else "", "O" if voucher else "")
