"""Who may see and do what. Every page of a connection goes through here, and gets a `Visit`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kloppend.records.models import Connection, Membership, Merchant

P = ParamSpec("P")
View = Callable[..., HttpResponseBase]
OTHERWISE = ZoneInfo("Europe/Amsterdam")


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who may look at this connection, and whether this one may also change things."""

    request: HttpRequest
    connection: Connection
    may_change: bool

    def show(self, template: str, **context: Any) -> HttpResponse:
        """Render a page of this connection."""
        common = {"connection": self.connection, "may_change": self.may_change}
        return render(self.request, template, common | context)


def visible_connections(user: User | AnonymousUser) -> QuerySet[Connection]:
    """The connections this login may look at: an operator sees all, others those of their merchants."""
    connections = Connection.objects.select_related("merchant", "administration")
    if not user.is_authenticated:
        return connections.none()
    return connections if user.is_staff else connections.filter(merchant__memberships__user=user)


def may_change(user: User | AnonymousUser, merchant: Merchant) -> bool:
    """Owners and operators may; an accountant reads, downloads and marks files as imported."""
    if not user.is_authenticated:
        return False
    return user.is_staff or merchant.memberships.filter(user=user, role=Membership.Role.OWNER).exists()


def own_merchants(user: User | AnonymousUser) -> QuerySet[Merchant]:
    """The merchants for whom this login may add connections: an operator for all, an owner for their own."""
    merchants = Merchant.objects.order_by("name", "pk")
    if not user.is_authenticated:
        return merchants.none()
    return (
        merchants
        if user.is_staff
        else merchants.filter(memberships__user=user, memberships__role=Membership.Role.OWNER)
    )


def page(view: Callable[Concatenate[Visit, P], HttpResponseBase]) -> View:
    """A page that everyone of the merchant may read."""
    return never_cache(require_safe(_visit(view, owners_only=False)))


def owners_page(view: Callable[Concatenate[Visit, P], HttpResponseBase]) -> View:
    """A page, or a form posting to itself, for owners and operators only."""
    return never_cache(_visit(view, owners_only=True))


def action(view: Callable[Concatenate[Visit, P], HttpResponseBase]) -> View:
    """Something that everyone of the merchant may do; by POST, so that no link does it by accident."""
    return never_cache(require_POST(_visit(view, owners_only=False)))


def owners_action(view: Callable[Concatenate[Visit, P], HttpResponseBase]) -> View:
    """Something that only owners and operators may do."""
    return never_cache(require_POST(_visit(view, owners_only=True)))


def _visit(view: Callable[Concatenate[Visit, P], HttpResponseBase], *, owners_only: bool) -> View:
    """A connection of somebody else does not exist for this visitor: 404, so that ids tell nothing."""

    @login_required
    @wraps(view)
    def visited(request: HttpRequest, connection_id: int, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        connection = get_object_or_404(visible_connections(request.user), pk=connection_id)
        changing = may_change(request.user, connection.merchant)
        if owners_only and not changing:
            raise PermissionDenied
        with timezone.override(zone_of(connection)):
            return view(Visit(request, connection, changing), *args, **kwargs)

    return visited


def zone_of(connection: Connection) -> ZoneInfo:
    """The connection's time zone, in which all its moments are shown; settings that are wrong are shown too."""
    try:
        return ZoneInfo(str(connection.settings.get("time_zone") or OTHERWISE.key))
    except (ZoneInfoNotFoundError, ValueError):
        return OTHERWISE
