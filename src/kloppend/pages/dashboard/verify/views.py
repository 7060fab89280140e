"""The page on which a person decides what was sent after the backup, so that the connection may send again."""

from collections.abc import Mapping
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from kloppend.pages.access import Visit, owners_page
from kloppend.upkeep.verifying import ListChanged, NotFetchedYet, UnknownChoice, Verification, confirm, look

IN_BOOKS, SEND = "in_books", "send"


@owners_page
def verify(visit: Visit) -> HttpResponse:
    """What was perhaps sent, with a choice for each; nothing is chosen beforehand."""
    if not visit.connection.verify_before_sending:
        return redirect("overview", visit.connection.pk)
    seen = look(visit.connection)
    posted = visit.request.POST  # empty when the page is only looked at
    chosen = _chosen(seen, posted)
    undecided = [name for name, choice in chosen.items() if choice not in (IN_BOOKS, SEND)]
    if posted and not undecided:
        return _confirm(visit, chosen)
    if undecided and posted:
        messages.error(visit.request, _("Nothing was changed yet: say of every order and file below what is so."))
    return visit.show("dashboard/verify/verify.html", seen=seen, chosen=chosen, rest=posted.get("rest", ""))


def _chosen(seen: Verification, posted: Mapping[str, str]) -> dict[str, str]:
    """The choice per order number or file name; what was left open takes the choice for the rest."""
    rest = posted.get("rest", "")
    open_ones = [f"order-{one.number}" for one in seen.orders]
    open_ones += [f"file-{one.name}" for one in seen.half_placed if not one.in_folder]
    return {name: posted.get(name) or rest for name in open_ones}


def _confirm(visit: Visit, chosen: Mapping[str, str]) -> HttpResponse:
    names = {name.partition("-")[2]: choice for name, choice in chosen.items()}
    sent = [name for name, choice in names.items() if choice == IN_BOOKS]
    try:
        confirm(visit.connection.pk, sent, datetime.now(UTC), shown=names)
    except NotFetchedYet:
        messages.error(visit.request, _("The shop has not been read to the end yet, so the list is not complete."))
    except (ListChanged, UnknownChoice):
        messages.error(visit.request, _("The list changed in the meantime. Nothing was changed yet: look at it again."))
    else:
        messages.success(visit.request, _("Thank you. The connection forwards orders again."))
        return redirect("overview", visit.connection.pk)
    return redirect("verify", visit.connection.pk)
