"""Asperion's REST API: one concept invoice per order, with an answer, a check afterwards, and the owner's consent."""

from kloppend.books.asperion.rest.api import Patience
from kloppend.books.asperion.rest.books import AsperionRest
from kloppend.books.asperion.rest.identity import Identity
from kloppend.books.asperion.rest.settings import RestSettings, rest_settings

__all__ = ["AsperionRest", "Identity", "Patience", "RestSettings", "rest_settings"]
