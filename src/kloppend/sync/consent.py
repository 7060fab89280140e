"""The owner of an administration gives access to it, and says which one is booked in."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from kloppend.books.access import Consent, OwnerConsent
from kloppend.books.port import ApiBooks, BooksSettings, BooksTrouble, Choice
from kloppend.books.registry import CONSENTS, consent_for
from kloppend.domain.problems import Problem, Refused
from kloppend.records.models import Administration, Connection, Delivery
from kloppend.sync.books_access import access_of
from kloppend.sync.means import means_of


def asks_consent(connection: Connection) -> bool:
    """Whether the connection's books are of a kind that its owner must give access to."""
    return connection.administration.kind in CONSENTS


def ask_consent(connection: Connection) -> Consent:
    """Where to send the owner. Raises Refused."""
    try:
        return _way(connection).ask_consent()
    except BooksTrouble as trouble:
        raise Refused(trouble.problem) from trouble


def take_consent(connection: Connection, consent: Consent, came_back: Mapping[str, str]) -> None:
    """The owner came back: keep the tokens. Raises Refused when that is not the consent that was asked for."""
    try:
        _way(connection).take_consent(consent, came_back)
    except BooksTrouble as trouble:
        raise Refused(trouble.problem) from trouble


def administrations_of(connection: Connection) -> Sequence[Choice]:
    """What the owner's access opens. Raises Refused."""
    books = means_of(connection).books
    try:
        return books.administrations() if isinstance(books, ApiBooks) else ()
    except BooksTrouble as trouble:
        raise Refused(trouble.problem) from trouble


def choose_administration(connection: Connection, label: str) -> None:
    """From now on it is booked in this one. Raises Refused when access does not open it, or something is undecided."""
    if label not in {choice.id for choice in administrations_of(connection)}:
        raise Refused(Problem.of("BOOKS_REFUSED_ACCESS", what=label))
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).select_related("administration").get(pk=connection.pk)
        undecided = Delivery.objects.filter(invoice__order__connection=row, state__in=Delivery.UNDECIDED)
        if undecided.exists() and row.administration.label != label:
            raise Refused(Problem.of("ADMINISTRATION_IN_USE", count=undecided.count()))
        chosen, _ = Administration.objects.get_or_create(kind=row.administration.kind, label=label)
        row.administration = chosen
        row.save(update_fields=["administration"])


def _way(connection: Connection) -> OwnerConsent:
    kind, label = connection.administration.kind, connection.administration.label
    if kind not in CONSENTS:
        raise Refused(Problem.of("BOOKS_ACCESS_LOST"))
    settings = BooksSettings(administration=label, options=connection.settings.get("books_options", {}))
    try:
        return consent_for(kind, settings, access_of(connection))
    except ValueError as error:
        raise Refused(Problem.of("SETTINGS_INVALID", what=error)) from error
