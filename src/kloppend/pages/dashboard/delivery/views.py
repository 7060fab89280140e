"""The page on which an owner chooses how files travel, and what only a person can say about a file under way."""

from datetime import UTC, datetime

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from kloppend.domain.problems import Refused
from kloppend.pages.access import Visit, owners_action, owners_page, zone_of
from kloppend.pages.dashboard.delivery.form import SftpForm
from kloppend.pages.look.tags import language
from kloppend.records.models import Batch, Route
from kloppend.sync.files.allowed_folders import offered_folders
from kloppend.sync.files.choosing import (
    choose_download,
    choose_feed,
    choose_folder,
    choose_sftp,
    fingerprint,
    look_at_server,
)
from kloppend.sync.files.routes import current_route, is_off
from kloppend.sync.files.sealing import clock_was_wrong
from kloppend.sync.files.uncertain import decide_uncertain


@owners_page
def delivery(visit: Visit) -> HttpResponse:
    """The present way, and the others."""
    return _show(visit)


@owners_action
def choose(visit: Visit) -> HttpResponse:
    """Download, feed, or a folder of this machine; which folder, only an operator chooses."""
    way = visit.request.POST.get("way", "")
    try:
        if way == Route.Kind.FEED:
            return _show(visit, token=choose_feed(visit.connection))
        if way == Route.Kind.FOLDER and visit.request.user.is_staff:
            choose_folder(visit.connection, visit.request.POST.get("folder", ""))
        elif way == "download":
            choose_download(visit.connection)
        else:
            return redirect("delivery", visit.connection.pk)
    except Refused as refused:
        _tell(visit, refused)
    else:
        messages.success(visit.request, _("Chosen. It counts for files that are still to be made."))
    return redirect("delivery", visit.connection.pk)


@owners_action
def sftp(visit: Visit) -> HttpResponse:
    """Ask the server for its key, so that a person can confirm the fingerprint."""
    form = SftpForm(visit.request.POST)
    if form.is_valid():
        try:
            route = look_at_server(visit.connection, form.draft())
            return visit.show("dashboard/delivery/confirm.html", route=route, fingerprint=fingerprint(route))
        except Refused as refused:
            _tell(visit, refused)
    return _show(visit, form=form)


@owners_action
def confirm(visit: Visit, route_id: int) -> HttpResponse:
    """The fingerprint is right: try the server, and use it from now on."""
    route = get_object_or_404(visit.connection.routes, pk=route_id, kind=Route.Kind.SFTP, current=False)
    try:
        choose_sftp(route, visit.request.POST.get("fingerprint", ""))
    except Refused as refused:
        _tell(visit, refused)
    else:
        messages.success(visit.request, _("The server works: a trial file was written and removed. It is used now."))
    return redirect("delivery", visit.connection.pk)


@owners_action
def decide(visit: Visit, batch_id: int) -> HttpResponse:
    """A person knows whether a file arrived."""
    batch = get_object_or_404(Batch, pk=batch_id, connection=visit.connection)
    arrived, by = visit.request.POST.get("arrived"), str(visit.request.user.pk)
    if arrived in ("yes", "no"):
        try:
            decide_uncertain(batch, datetime.now(UTC), by, arrived=arrived == "yes")
            messages.success(visit.request, _("Noted."))
        except Refused as refused:
            _tell(visit, refused)
    return redirect("files", visit.connection.pk)


@owners_action
def clock_right(visit: Visit) -> HttpResponse:
    """A person says that today's date is right, whatever an earlier file says."""
    at = datetime.now(UTC)
    clock_was_wrong(visit.connection, at.astimezone(zone_of(visit.connection)).date(), at)
    messages.success(visit.request, _("Daily files are made again."))
    return redirect("files", visit.connection.pk)


def _show(visit: Visit, form: SftpForm | None = None, token: str = "") -> HttpResponse:
    present = current_route(visit.connection)
    staff = visit.request.user.is_staff
    return visit.show(
        "dashboard/delivery/delivery.html",
        present=present,
        off=is_off(visit.connection),
        form=form or SftpForm(present=present),
        folders=offered_folders() if staff else [],
        token=token,
        feed=settings.KLOPPEND_BASE_URL + reverse("feed"),
    )


def _tell(visit: Visit, refused: Refused) -> None:
    text = refused.problem.text(language())
    messages.error(visit.request, f"{text.cause} {text.fix}")
