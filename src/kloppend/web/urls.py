"""Which page is where."""

from django.urls import include, path

from kloppend.web.health import health

urlpatterns = [path("health", health), path("", include("kloppend.pages.urls"))]
