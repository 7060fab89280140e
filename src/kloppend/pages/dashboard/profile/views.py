"""The page of the layout: a GET shows it, a POST says what to do with it in `do`."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kloppend.books.asperion.axml import AxmlBooks, ProfileError
from kloppend.books.asperion.axml.profile import Profile, builtin_names, mark_of
from kloppend.books.asperion.axml.writing import profile_text
from kloppend.books.xml_reading import UnreadableXmlError
from kloppend.domain.problems import Refused
from kloppend.pages.access import Visit, owners_page, zone_of
from kloppend.pages.dashboard.files.made import names_of
from kloppend.pages.dashboard.profile.comparing import compare, content_of, with_renames
from kloppend.pages.dashboard.profile.keeping import (
    KIND,
    OWN,
    books_with,
    chosen_name,
    options_of,
    take_back,
    use_layout,
    vouch,
    with_layout,
)
from kloppend.pages.dashboard.profile.trying import orders_to_try, try_layout
from kloppend.pages.dashboard.profile.words import BUILT_IN, declared, line_of
from kloppend.pages.look.tags import language


@owners_page
def layout(visit: Visit) -> HttpResponse:
    """The layout in use, in words and as text; see DOES for what a POST can do."""
    if visit.connection.administration.kind != KIND:
        raise Http404
    if visit.request.method != "POST":
        return _shown(visit)
    do = DOES.get(visit.request.POST.get("do", ""))
    if do is None:
        raise Http404
    try:
        return do(visit)
    except (ProfileError, UnreadableXmlError) as error:
        return _shown(visit, error=str(error))
    except Refused as refused:
        return _shown(visit, error=refused.problem.text(language()).cause)


def _choose(visit: Visit) -> HttpResponse:
    name = visit.request.POST.get("layout", "")
    if name == OWN and not visit.connection.own_layout:
        raise ProfileError(_("You have no layout of your own yet: change the text below and save it."))
    use_layout(visit.connection, name, visit.connection.own_layout)
    return _done(visit, _("The next file is made with this layout."))


def _save(visit: Visit) -> HttpResponse:
    use_layout(visit.connection, OWN, visit.request.POST.get("text", ""))
    return _done(visit, _("Your own layout is saved. The next file is made with it."))


def _try(visit: Visit) -> HttpResponse:
    text = visit.request.POST.get("text", "")
    return _shown(visit, books=books_with(visit.connection, with_layout(visit.connection, OWN, text)))


def _compare(visit: Visit) -> HttpResponse:
    books, files = books_with(visit.connection, options_of(visit.connection)), visit.request.FILES
    sample, schema = files.get("sample"), files.get("schema")
    return _shown(visit, compared=compare(books.profile, _one(sample), _one(schema)))


def _rename(visit: Visit) -> HttpResponse:
    profile, posted = books_with(visit.connection, options_of(visit.connection)).profile, visit.request.POST
    use_layout(visit.connection, OWN, with_renames(profile, posted.getlist("ours"), posted.getlist("theirs")))
    return _done(visit, _("The names are taken over. Compare again to see what is left."))


def _vouch(visit: Visit) -> HttpResponse:
    posted, at = visit.request.POST, datetime.now(UTC)
    if posted.get("seen") != "yes":
        raise ProfileError(_("Say that you looked at it yourself: tick the box."))
    sample = content_of(_one(visit.request.FILES.get("sample")))
    vouch(visit.connection, posted.get("mark", ""), sample, at, str(visit.request.user.pk))
    return _done(visit, _("The layout counts as verified, in your name."))


def _take_back(visit: Visit) -> HttpResponse:
    take_back(visit.connection, datetime.now(UTC), str(visit.request.user.pk))
    return _done(visit, _("The layout does not count as verified any more."))


DOES: dict[str, Callable[[Visit], HttpResponse]] = {
    "choose": _choose,
    "save": _save,
    "try": _try,
    "compare": _compare,
    "rename": _rename,
    "verify": _vouch,
    "take_back": _take_back,
}


def _done(visit: Visit, said: str) -> HttpResponse:
    messages.success(visit.request, said)
    return redirect("layout", visit.connection.pk)


def _to_begin_with(profile: Profile) -> str:
    """The layout in use, as one's own that is not saved yet."""
    return profile_text(msgspec.structs.replace(profile, name="my-layout", verified=False, verified_by=""))


def _one(upload: Any) -> Any:
    """One file, also when a form was made to send several."""
    return upload[0] if isinstance(upload, list) else upload


def _shown(visit: Visit, *, books: AxmlBooks | None = None, error: str = "", **more: Any) -> HttpResponse:
    """The page with the layout in use, or with the one that is tried. What was typed stays."""
    connection, posted = visit.connection, visit.request.POST
    wrong = ""
    try:
        used = books_with(connection, options_of(connection))
    except ProfileError as fault:
        used, wrong = None, str(fault)
    profile = used.profile if used else None
    text = posted.get("text") or connection.own_layout or (_to_begin_with(profile) if profile else "")
    numbers = orders_to_try(connection)
    asked = posted.get("order") or visit.request.GET.get("order") or ""
    number = asked.replace("\0", "") or next(iter(numbers), "")
    tried, at = books or used, datetime.now(UTC)
    history = list(connection.layouts_verified.order_by("-at")[:10])
    return visit.show(
        "dashboard/profile/profile.html",
        profile=profile,
        wrong=wrong,
        error=error,
        line=line_of(text, error),
        chosen=chosen_name(connection),
        built_in=[(name, BUILT_IN.get(name, name)) for name in builtin_names()],
        own=OWN,
        declared=list(declared(profile)) if profile else [],
        text=text,
        numbers=numbers,
        tried=try_layout(connection, tried, number, at.astimezone(zone_of(connection)).date()) if tried else None,
        trying=books is not None,
        editing=bool(posted.get("text")),
        mark=mark_of(profile) if profile else "",
        history=history,
        names=names_of(by for said in history for by in (said.by, said.withdrawn_by)),
        **more,
    )
