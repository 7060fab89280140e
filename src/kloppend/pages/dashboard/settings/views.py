"""The settings page: test what is filled in, and put it in force once every check passes."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kloppend.connecting.activate import change, deactivate
from kloppend.connecting.checks import run_checks
from kloppend.connecting.draft import draft_of, mark_of
from kloppend.connecting.results import CheckResult
from kloppend.pages.access import Visit, owners_action, owners_page
from kloppend.pages.dashboard.settings.form import SettingsForm
from kloppend.pages.dashboard.settings.offer import offer_of
from kloppend.pages.dashboard.settings.total_codes import unknown_codes
from kloppend.pages.dashboard.settings.vat_codes import occurred
from kloppend.pages.dashboard.settings.zero_vat import untaxed_classes
from kloppend.pages.look.tags import language

OVERTAKEN = gettext_lazy(
    "The settings were changed meanwhile, by somebody else or in another window, and nothing of yours was saved. What "
    "you filled in still stands here. Compare it with the settings as they are now, and save again if it is right."
)


@owners_page
def settings(visit: Visit) -> HttpResponse:
    """The form. `test` only checks; `save` checks and, when nothing failed, puts it in force."""
    form, posted = _form(visit), visit.request.method == "POST"
    results: list[CheckResult] = []
    overtaken = False
    if posted and form.is_valid():
        at = datetime.now(UTC)
        if visit.request.POST.get("do") == "save":
            attempt = change(visit.connection, form.filled_in(), at, begun_at=visit.request.POST.get("begun_at", ""))
            if attempt.done:
                messages.success(visit.request, _("Saved. The connection runs with these settings."))
                return redirect("settings", visit.connection.pk)
            results, overtaken = attempt.results, attempt.overtaken
        else:
            results = run_checks(form.filled_in(), at, connection=visit.connection)
    return visit.show(
        f"dashboard/settings/{'results' if visit.request.headers.get('HX-Request') else 'settings'}.html",
        form=form,
        begun_at=mark_of(visit.connection),
        results=[shown_result(result) for result in results],
        failed=any(result.outcome == "failed" for result in results),
        saving=visit.request.POST.get("do") == "save",
        posted=posted,
        overtaken=OVERTAKEN if overtaken else "",
    )


def _form(visit: Visit) -> SettingsForm:
    draft = draft_of(visit.connection)
    return SettingsForm(
        draft,
        offer_of(visit.connection, draft),
        visit.request.POST if visit.request.method == "POST" else None,
        sales=occurred(visit.connection),
        unknown_totals=unknown_codes(visit.connection),
        untaxed=untaxed_classes(visit.connection),
    )


@owners_action
def pause(visit: Visit) -> HttpResponse:
    """Stop fetching and forwarding; saving the settings starts it again."""
    deactivate(visit.connection)
    messages.success(visit.request, _("The connection is paused. Save the settings to start it again."))
    return redirect("settings", visit.connection.pk)


def shown_result(result: CheckResult) -> dict[str, object]:
    """A result in the visitor's language."""
    return {
        "outcome": result.outcome,
        "title": result.title(language()),
        "sentence": "" if result.problems else result.sentence(language()),
        "problems": result.problems,
        "orders": result.orders,
    }
