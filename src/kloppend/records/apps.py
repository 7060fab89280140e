"""Makes the records a Django app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The tables of Kloppend."""

    name = "kloppend.records"
    label = "records"
