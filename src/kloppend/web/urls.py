"""Which page is where."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from kloppend.web.health import health


def front(_request: HttpRequest) -> HttpResponse:
    """The plain page that stands where the dashboard comes."""
    return HttpResponse("Kloppend", content_type="text/plain")


urlpatterns = [path("", front), path("health", health)]
