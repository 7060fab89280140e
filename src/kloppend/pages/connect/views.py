"""The page that adds a connection. It is stored once the shop answers; it runs once every check passes."""

from datetime import UTC, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from kloppend.connecting.activate import store_inactive
from kloppend.connecting.checks import run_checks
from kloppend.connecting.draft import Draft
from kloppend.connecting.proposals import propose
from kloppend.connecting.results import CheckResult
from kloppend.connecting.trial import ask_shop
from kloppend.pages.access import OTHERWISE, own_merchants
from kloppend.pages.connect.form import ConnectForm
from kloppend.pages.dashboard.settings.views import shown_result
from kloppend.pages.look.tags import language
from kloppend.shops.port import ShopFault
from kloppend.sync.consent import asks_consent

FIRST = (
    "name",
    "address",
    "api_key",
    "administration",
    "shop_answers",
    "extension",
    "key_fits",
    "same_shop",
    "licence",
)
"""The checks that need no settings; the settings page does them all."""


@never_cache
@login_required
def begin(request: HttpRequest) -> HttpResponse:
    """The form; posted, the shop is asked, and when it answers the settings page opens with proposals."""
    merchants = own_merchants(request.user)
    if not request.user.is_staff and not merchants.exists():
        raise PermissionDenied
    posted = request.POST if request.method == "POST" else None
    form = ConnectForm(merchants, posted, may_make_merchants=request.user.is_staff)
    results: list[CheckResult] = []
    if posted is not None and form.is_valid():
        at, draft = datetime.now(UTC), form.draft()
        by_api = asks_consent(draft.books_kind)
        first = [name for name in FIRST if not (by_api and name == "administration")]
        results = [result for result in run_checks(draft, at) if result.name in first]
        if all(result.outcome in ("ok", "warning") for result in results):
            with transaction.atomic():
                connection = store_inactive(_with_proposals(draft, at), form.owner())
            messages.success(
                request, _("The shop answers. Go through the choices below; then the connection can start.")
            )
            return redirect("books" if by_api else "settings", connection.pk)
    shown = [shown_result(result) for result in results]
    return render(request, "connect/connect.html", {"form": form, "results": shown, "failed": True, "posted": posted})


def _with_proposals(draft: Draft, at: datetime) -> Draft:
    """What the shop offers decides what is proposed; a person confirms it on the settings page."""
    try:
        return draft.with_settings(**propose(ask_shop(draft), at.astimezone(OTHERWISE).date(), language()))
    except ShopFault:  # it answered a moment ago: without proposals then
        return draft
