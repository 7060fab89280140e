"""The list of connections, or straight to the only one."""

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from kloppend.domain.problems import CATALOGUE
from kloppend.pages.access import own_merchants, visible_connections


@never_cache
@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Every connection this login may see, with the number of its open problems."""
    warnings = [code for code, entry in CATALOGUE.items() if entry.kind == "warning"]
    standing = Q(problems__closed_at=None, problems__isnull=False) & ~Q(problems__code__in=warnings)
    connections = list(
        visible_connections(request.user).annotate(open_problems=Count("problems", filter=standing)).order_by("name")
    )
    if len(connections) == 1 and "all" not in request.GET:
        return redirect("overview", connections[0].pk)
    may_add = request.user.is_staff or own_merchants(request.user).exists()
    return render(request, "dashboard/home/home.html", {"connections": connections, "may_add": may_add})
