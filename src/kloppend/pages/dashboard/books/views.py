"""Giving access to the books, coming back from there, and choosing the administration."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kloppend.books.access import Consent
from kloppend.books.port import Choice
from kloppend.domain.problems import Problem, Refused
from kloppend.pages.access import Visit, may_change, owners_action, owners_page, visible_connections
from kloppend.pages.look.tags import language
from kloppend.sync.consent import (
    administrations_of,
    ask_consent,
    asks_consent,
    choose_administration,
    take_consent,
)

ASKED = "books_consent"
"""Where the session keeps what was asked for: the connection's id, state and verifier."""


@owners_page
def books(visit: Visit) -> HttpResponse:
    """The link to the books' own consent page, and the administrations once there is access."""
    if not asks_consent(visit.connection):
        raise Http404
    choices: list[Choice] = []
    trouble: Problem | None = None
    consent: Consent | None = None
    try:
        consent = ask_consent(visit.connection)
        visit.request.session[ASKED] = [visit.connection.pk, consent.state, consent.verifier]
        choices = list(administrations_of(visit.connection))
    except Refused as refused:
        trouble = refused.problem
    text = trouble.text(language()) if trouble else None
    return visit.show("dashboard/books/books.html", url=consent.url if consent else "", choices=choices, trouble=text)


@never_cache
@require_safe
@login_required
def came_back(request: HttpRequest) -> HttpResponseBase:
    """The books send the owner here; the session says for which connection. It counts once."""
    asked = request.session.pop(ASKED, None)
    if not asked:
        raise Http404
    connection_id, state, verifier = asked
    connection = get_object_or_404(visible_connections(request.user), pk=connection_id)
    if not may_change(request.user, connection.merchant):
        raise Http404
    try:
        take_consent(connection, Consent(url="", state=state, verifier=verifier), request.GET.dict())
        messages.success(request, _("Access was given. Now choose the administration."))
    except Refused as refused:
        _tell(request, refused)
    return redirect("books", connection.pk)


@owners_action
def choose(visit: Visit) -> HttpResponse:
    """Book in this administration from now on."""
    try:
        choose_administration(visit.connection, visit.request.POST.get("administration", ""))
        messages.success(visit.request, _("The administration was chosen."))
    except Refused as refused:
        _tell(visit.request, refused)
    return redirect("books", visit.connection.pk)


def _tell(request: HttpRequest, refused: Refused) -> None:
    text = refused.problem.text(language())
    messages.error(request, f"{text.cause} {text.fix}")
