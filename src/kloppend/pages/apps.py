"""Makes the pages a Django app."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The dashboard and everything around it."""

    name = "kloppend.pages"
    label = "pages"
