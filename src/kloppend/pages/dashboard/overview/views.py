"""The first page of a connection, and having the shop looked at now."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from kloppend.pages.access import Visit, owners_action, page
from kloppend.pages.dashboard.overview.numbers import numbers_of
from kloppend.pages.look.appearance import safe_next
from kloppend.records.models import Timetable


@page
def overview(visit: Visit) -> HttpResponse:
    """State, last and next run, numbers, and what needs attention."""
    return visit.show("dashboard/overview/overview.html", numbers=numbers_of(visit.connection, timezone.now()))


@owners_action
def fetch_now(visit: Visit) -> HttpResponse:
    """Put the connection at the front of the plan: a worker runs it within a minute, as it runs every hour."""
    Timetable.objects.update_or_create(connection=visit.connection, defaults={"next_fetch_at": None})
    messages.success(visit.request, _("The shop is read within a minute. Reload this page to see what came of it."))
    return redirect(safe_next(visit.request))
