"""The customers page: decide whose orders are, and say where those without an address go."""

from datetime import UTC, datetime
from typing import cast, get_args

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kloppend.domain.problems import Problem, Refused
from kloppend.pages.access import Visit, owners_action, owners_page
from kloppend.pages.dashboard.customers.form import GuestsForm
from kloppend.pages.dashboard.customers.shown import decided, deciders, may_be_another, questions
from kloppend.pages.dashboard.files.made import names_of
from kloppend.pages.look.tags import language
from kloppend.records.models import Connection
from kloppend.sync.customers import Decision, decide_customer


@owners_page
def customers(visit: Visit) -> HttpResponse:
    """What waits for a decision, what was decided, and the settings for guests, which are posted here."""
    posted = visit.request.POST if visit.request.method == "POST" else None
    form = GuestsForm(posted, initial=GuestsForm.initial_of(visit.connection.settings))
    if posted is not None and form.is_valid():
        _store(visit.connection, form)
        messages.success(visit.request, _("Saved. Orders that waited for it are looked at with the next run."))
        return redirect("customers", visit.connection.pk)
    rows = decided(visit.connection)
    return visit.show(
        "dashboard/customers/customers.html",
        form=form,
        questions=questions(visit.connection),
        decided=rows,
        names=names_of(deciders(rows)),
        may_be_another=may_be_another(visit.connection),
    )


def _store(connection: Connection, form: GuestsForm) -> None:
    """Only these two: what somebody else saves meanwhile stays."""
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        row.settings = {**row.settings, **form.cleaned_data}
        row.save(update_fields=["settings"])


@owners_action
def decide(visit: Visit, number: str) -> HttpResponse:
    """`who` is the pk of a debtor's link (the same customer), or "different", or "number" with `debtor`."""
    posted, at, by = visit.request.POST, datetime.now(UTC), str(visit.request.user.pk)
    who = posted.get("who", "")
    decision, told = (who, posted.get("debtor", "").strip()) if who in get_args(Decision) else ("same", who)
    try:
        if who == "same":
            raise Refused(Problem.of("DEBTOR_CHOICE_INVALID"))
        waited = decide_customer(visit.connection, number, cast(Decision, decision), told, at, by)
    except Refused as refused:
        text = refused.problem.text(language())
        messages.error(visit.request, f"{text.cause} {text.fix}")
    else:
        done = ngettext(
            "Noted. %(n)d order was looked at again.", "Noted. %(n)d orders were looked at again.", len(waited)
        )
        messages.success(visit.request, done % {"n": len(waited)})
    return redirect("customers", visit.connection.pk)
