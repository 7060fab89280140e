"""How invoices reach the books: the channel, access to them, the administration, and what is chosen there.

Nothing is kept of a change until every check passes: the channel and the administration that a visitor wants travel in
the address, and a live connection goes on as it is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kloppend.books.port import Choice
from kloppend.connecting.activate import change
from kloppend.connecting.checks import run_checks
from kloppend.connecting.draft import Draft, draft_of
from kloppend.connecting.results import CheckResult
from kloppend.domain.problems import Refused
from kloppend.pages.access import Visit, may_change, owners_action, owners_page, visible_connections
from kloppend.pages.dashboard.books.form import ApiForm, FileForm
from kloppend.pages.dashboard.settings.offer import offer_of as shop_offer_of
from kloppend.pages.dashboard.settings.payments import methods_of
from kloppend.pages.dashboard.settings.vat_codes import occurred
from kloppend.pages.dashboard.settings.views import shown_result
from kloppend.pages.look.tags import language
from kloppend.records.models import BooksOffer
from kloppend.sync.consent import administrations_of, ask_consent, asked_for, asks_consent, given_at, take_consent
from kloppend.sync.master_data import data_in, offer_of, read_offer

CHANNELS = {
    "asperion_rest": gettext_lazy("Through Asperion's API: each invoice at once, as a concept"),
    "asperion_axml": gettext_lazy("As a file a day, that you import in Asperion"),
}


@dataclass(slots=True)
class Wanted:
    """The draft with the books that the visitor asks for; `trouble` is why they cannot be shown."""

    draft: Draft
    administrations: list[Choice]
    offer: BooksOffer | None = None
    trouble: Refused | None = None


@owners_page
def books(visit: Visit) -> HttpResponse:
    """The page; posted, what is filled in is tested, and put in force when nothing failed."""
    at, posted = datetime.now(UTC), visit.request.method == "POST"
    wanted = _wanted(visit, at)
    form = _form(visit, wanted)
    results: list[CheckResult] = []
    saving = visit.request.POST.get("do") == "save"
    if form and posted and form.is_valid():
        if saving:
            attempt = change(visit.connection, form.filled_in(), at)
            if attempt.done:
                messages.success(visit.request, _("Saved. The connection runs with these settings."))
                return redirect("books", visit.connection.pk)
            results = attempt.results
        else:
            results = run_checks(form.filled_in(), at, connection=visit.connection)
    visit.connection.refresh_from_db()
    return visit.show(
        "dashboard/settings/results.html" if visit.request.headers.get("HX-Request") else "dashboard/books/books.html",
        wanted=wanted,
        kind=wanted.draft.books_kind,
        channels=CHANNELS,
        by_api=asks_consent(wanted.draft.books_kind),
        given_at=given_at(visit.connection),
        trouble=wanted.trouble.problem.text(language()) if wanted.trouble else None,
        form=form,
        results=[shown_result(result) for result in results],
        failed=any(result.outcome == "failed" for result in results),
        saving=saving,
        posted=posted,
    )


@owners_page
def ask(visit: Visit) -> HttpResponse:
    """Send the owner to the page of the books."""
    draft = _draft(visit)
    if not asks_consent(draft.books_kind):
        raise Http404
    try:
        by = str(visit.request.user.pk)
        return redirect(ask_consent(visit.connection, draft.books_kind, datetime.now(UTC), by=by))
    except Refused as refused:
        _tell(visit.request, refused)
        return _back(visit, draft)


@never_cache
@require_safe
@login_required
def came_back(request: HttpRequest) -> HttpResponseBase:
    """The books send the owner here; the state tells for which connection. It counts once."""
    try:
        row = asked_for(request.GET.get("state", ""))
    except Refused as refused:
        _tell(request, refused)
        return redirect("home")
    connection = get_object_or_404(visible_connections(request.user), pk=row.connection_id)
    if not may_change(request.user, connection.merchant):
        raise Http404
    try:
        take_consent(row, request.GET.dict(), datetime.now(UTC), by=str(request.user.pk))
        messages.success(request, _("Access was given."))
        if not row.asked_by:
            messages.info(request, _("This was asked for in a terminal: go on there, or here."))
    except Refused as refused:
        _tell(request, refused)
    return redirect(f"{reverse('books', args=[connection.pk])}?{urlencode({'kind': row.kind})}")


@owners_action
def read(visit: Visit) -> HttpResponse:
    """Read anew what the books offer; every choice stays as it is."""
    draft = _draft(visit)
    try:
        options = draft.settings.get("books_options") or {}
        read_offer(visit.connection, draft.books_kind, draft.administration, options, datetime.now(UTC))
        messages.success(visit.request, _("Read from the books. Your choices are as they were."))
    except Refused as refused:
        _tell(visit.request, refused)
    return _back(visit, draft)


def _draft(visit: Visit) -> Draft:
    """The connection with the channel and administration that the visitor asks for, in the address or in a form."""
    present = draft_of(visit.connection)
    sent = {**visit.request.GET.dict(), **visit.request.POST.dict()}
    asked = {name: text.replace("\0", "") for name, text in sent.items()}
    kind = asked.get("kind", present.books_kind)
    if kind not in CHANNELS and kind != present.books_kind:
        raise Http404
    return present.with_books(kind, asked.get("administration") if asks_consent(kind) else None)


def _wanted(visit: Visit, at: datetime) -> Wanted:
    """What the books have to say: asked of them only while the administration is open, or nothing was read yet."""
    draft = _draft(visit)
    kind, label, found = draft.books_kind, draft.administration, Wanted(draft, [])
    if not asks_consent(kind) or given_at(visit.connection) is None:
        return found
    options = draft.settings.get("books_options") or {}
    found.offer = offer_of(visit.connection, kind, label) if label else None
    try:
        if found.offer is None or "choose" in visit.request.GET:
            found.administrations = list(administrations_of(visit.connection, kind, options))
            opened = {choice.id for choice in found.administrations}
            if label in opened:
                found.offer = read_offer(visit.connection, kind, label, options, at)
    except Refused as refused:
        found.trouble = refused
    return found


def _form(visit: Visit, wanted: Wanted) -> ApiForm | FileForm | None:
    """None while access or the administration is wanting."""
    data = visit.request.POST if visit.request.method == "POST" else None
    if not asks_consent(wanted.draft.books_kind):
        return FileForm(wanted.draft, data)
    if wanted.offer is None:
        return None
    offer = shop_offer_of(visit.connection, draft_of(visit.connection))
    return ApiForm(
        wanted.draft,
        data,
        offered=data_in(wanted.offer),
        sales=occurred(visit.connection),
        methods=methods_of(wanted.draft.settings, offer),
    )


def _back(visit: Visit, draft: Draft) -> HttpResponse:
    query = urlencode({"kind": draft.books_kind, "administration": draft.administration})
    return redirect(f"{reverse('books', args=[visit.connection.pk])}?{query}")


def _tell(request: HttpRequest, refused: Refused) -> None:
    text = refused.problem.text(language())
    messages.error(request, f"{text.cause} {text.fix}")
