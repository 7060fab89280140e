"""Light, dark or as the device says: a choice that a cookie remembers."""

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

COOKIE = "look"
LOOKS = ("auto", "light", "dark")


def look(request: HttpRequest) -> dict[str, object]:
    """For every template: the look chosen and the looks there are."""
    chosen = request.COOKIES.get(COOKIE, "auto")
    return {"look": chosen if chosen in LOOKS else "auto", "looks": LOOKS}


@require_POST
def choose_look(request: HttpRequest) -> HttpResponse:
    """Remember the look in a cookie and go back to where the visitor was."""
    response = HttpResponseRedirect(safe_next(request))
    chosen = request.POST.get("look", "")
    if chosen in LOOKS:
        response.set_cookie(
            COOKIE,
            chosen,
            max_age=timedelta(days=365),
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )
    return response


def safe_next(request: HttpRequest, otherwise: str = "/") -> str:
    """Where the form says the visitor came from, if that is one of our own pages."""
    wanted = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours and wanted.startswith("/") else otherwise
