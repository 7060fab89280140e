"""The files page and what can be done on it. Each action comes back to the page with what came of it."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from kloppend.books.registry import API_BOOKS
from kloppend.domain.problems import Problem, Refused
from kloppend.pages.access import Visit, action, owners_action, page, zone_of
from kloppend.pages.dashboard.files.made import TO_CHOOSE_FROM, made, names_of, ready
from kloppend.pages.look.tags import language
from kloppend.pages.paging import rows_before
from kloppend.records.models import Batch
from kloppend.sync.files.download import open_download
from kloppend.sync.files.imported import mark_imported, unmark_imported
from kloppend.sync.files.make_file import make_file_now, make_trial_file
from kloppend.sync.files.recall import recall
from kloppend.sync.files.routes import current_route, is_off
from kloppend.sync.files.sealing import date_ahead
from kloppend.sync.shops import shop_of


@page
def files(visit: Visit) -> HttpResponse:
    """Every file, newest first, and the ways to have one made."""
    rows = rows_before(made(visit.connection), visit.request.GET, size=20)
    candidates = ready(visit.connection)
    return visit.show(
        "dashboard/files/files.html",
        rows=rows,
        names=names_of(row.imported_by for row in rows),
        way=current_route(visit.connection),
        off=is_off(visit.connection),
        by_api=visit.connection.administration.kind in API_BOOKS,
        ahead=_date_ahead(visit),
        ready_count=candidates.count(),
        candidates=candidates[:TO_CHOOSE_FROM],
    )


@action
def download(visit: Visit, batch_id: int) -> HttpResponse:
    """Hand out the stored bytes. A POST, because that the file was taken is remembered, and a recall refuses it."""
    batch = _batch(visit, batch_id)
    try:
        found = open_download(batch, *_now_by(visit))
    except Refused as refused:
        return _refused(visit, refused)
    response = HttpResponse(found.content, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{found.name}"'
    return response


@action
def imported(visit: Visit, batch_id: int) -> HttpResponse:
    """A person says that the file is in the books, or takes that back."""
    batch = _batch(visit, batch_id)
    if visit.request.POST.get("undo"):
        done = _("%(name)s is not marked as imported any more.") % {"name": batch.name}
        return _do(visit, lambda: unmark_imported(batch, *_now_by(visit)), done)
    done = _("%(name)s is marked as imported.") % {"name": batch.name}
    return _do(visit, lambda: mark_imported(batch, *_now_by(visit)), done)


@owners_action
def take_back(visit: Visit, batch_id: int) -> HttpResponse:
    """Recall a file: its orders go into a next one."""
    batch = _batch(visit, batch_id)
    stated = visit.request.POST.get("not_in_books") == "yes"
    done = _("%(name)s is recalled. Its orders can go into a next file.") % {"name": batch.name}
    return _do(visit, lambda: recall(batch, *_now_by(visit), not_in_books=stated), done)


@owners_action
def now(visit: Visit) -> HttpResponse:
    """A file of everything that is ready, after a fresh look at the shop."""

    def make() -> Batch:
        with shop_of(visit.connection) as shop:
            return make_file_now(visit.connection, shop, *_now_by(visit))

    return _do(visit, make, _("The file is made: see the top of the list."))


@owners_action
def trial(visit: Visit) -> HttpResponse:
    """A file of one to three chosen orders."""
    numbers = visit.request.POST.getlist("order")

    def make() -> Batch:
        with shop_of(visit.connection) as shop:
            return make_trial_file(visit.connection, shop, numbers, *_now_by(visit))

    return _do(visit, make, _("The trial file is made: see the top of the list."))


def _date_ahead(visit: Visit) -> list[Problem]:
    return date_ahead(visit.connection, datetime.now(zone_of(visit.connection)).date())


def _batch(visit: Visit, batch_id: int) -> Batch:
    return get_object_or_404(Batch.objects.select_related("connection"), pk=batch_id, connection=visit.connection)


def _now_by(visit: Visit) -> tuple[datetime, str]:
    return datetime.now(UTC), str(visit.request.user.pk)


def _do(visit: Visit, work: Callable[[], object], done: str) -> HttpResponse:
    try:
        work()
    except Refused as refused:
        return _refused(visit, refused)
    messages.success(visit.request, done)
    return redirect("files", visit.connection.pk)


def _refused(visit: Visit, refused: Refused) -> HttpResponse:
    text = refused.problem.text(language())
    messages.error(visit.request, f"{text.cause} {text.fix}")
    return redirect("files", visit.connection.pk)
