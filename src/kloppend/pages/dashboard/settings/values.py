"""Between the stored settings and the fields of the form: what stands in them first, and how an answer is kept."""

from typing import Any

from django import forms
from django.http import QueryDict

from kloppend.connecting.draft import Draft
from kloppend.pages.dashboard.settings import options
from kloppend.sync.choices import MOST_TOLERANCE


def initial(draft: Draft) -> dict[str, Any]:
    """What stands there now; a setting that was never made has the default of `Choices`."""
    defaults = {
        **{name: [] for name in ("trigger_statuses", "cancel_statuses", "excluded_stores", "excluded_groups")},
        **{"vat_number_field": "", "file_time": "06:00", "invoice_date": "order_date", "closed_period": "hold"},
        **{"foreign_currency": "refuse", "language": "nl", "credit_on_cancel": "propose"},
        **{"vies": "on", "unchecked_vat_numbers": "hold", "vat_check_days": 7},
        **{"time_zone": options.TIME_ZONES[0], "tolerance_cents": MOST_TOLERANCE},
    }
    shown = {"name": draft.name, "shop_address": draft.shop_address, "administration": draft.administration}
    return defaults | draft.settings | shown


def stored(value: Any) -> Any:
    """As the settings' JSON has it: dates and times as text, nothing as empty text."""
    if value is None:
        return ""
    if hasattr(value, "isoformat"):
        return value.isoformat("minutes") if hasattr(value, "hour") else value.isoformat()
    return value


def fill_in_what_came_meanwhile(form: forms.Form) -> None:
    """A row that was not on the page when it was shown stays as it is stored: nobody chose anything for it."""
    missing = {
        name: form.get_initial_for_field(field, name)
        for name, field in form.fields.items()
        if field.widget.value_omitted_from_data(form.data, form.files, name)
    }
    form.data = form.data.copy() if isinstance(form.data, QueryDict) else {**form.data}
    form.data.update(missing)
