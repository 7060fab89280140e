"""The owner of an administration gives access to it: asked for here or in a terminal, finished where the browser ends.

Access belongs to a connection, and may be given for books that are not yet the connection's own.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from kloppend.books.access import Consent, MemoryTokenStore, OwnerConsent, Tokens, TokenStore
from kloppend.books.port import BooksTrouble, Choice
from kloppend.books.registry import CONSENTS, consent_for
from kloppend.domain.problems import Problem, Refused
from kloppend.records.models import AskedConsent, BooksTokens, Connection, Timetable
from kloppend.records.tokens import RecordedTokens
from kloppend.sync.books_access import access_of, api_books_of, books_settings, is_registered

LASTS = timedelta(minutes=15)
"""So long an owner may take on the page of the package."""


def asks_consent(kind: str) -> bool:
    """Whether books of this kind are ones that their owner must give access to."""
    return kind in CONSENTS


def given_at(connection: Connection) -> datetime | None:
    """Since when there are the present tokens; None when access was never given."""
    row = BooksTokens.objects.filter(connection=connection).exclude(content="").first()
    return row.saved_at if row else None


def options_for(connection: Connection, kind: str) -> dict[str, Any]:
    """The connection's options for books of this kind; none while it has books of another kind."""
    own = connection.administration.kind == kind
    return dict(connection.settings.get("books_options") or {}) if own else {}


def ask_consent(
    connection: Connection, kind: str, at: datetime, *, options: Mapping[str, Any] | None = None, by: str = ""
) -> str:
    """The address to send the owner to. `by`: the only one who may come back. Raises Refused."""
    if not is_registered():
        raise Refused(Problem.of("BOOKS_CLIENT_MISSING"))
    try:
        asked = _way(connection, kind, options).ask_consent()
    except BooksTrouble as trouble:
        raise Refused(trouble.problem) from trouble
    AskedConsent.objects.filter(asked_at__lt=at - LASTS).delete()
    AskedConsent.objects.create(
        state_hash=_hash(asked.state),
        connection=connection,
        kind=kind,
        options=dict(options or {}),
        verifier=asked.verifier,
        asked_by=by,
        asked_at=at,
    )
    return asked.url


def asked_for(state: str) -> AskedConsent:
    """The open question that this state belongs to. Raises Refused."""
    row = AskedConsent.objects.select_related("connection__administration").filter(state_hash=_hash(state)).first()
    if row is None:
        raise Refused(Problem.of("CONSENT_NOT_ASKED"))
    return row


def take_consent(row: AskedConsent, came_back: Mapping[str, str], at: datetime, *, by: str = "") -> None:
    """The owner came back: keep the tokens. It counts once. Raises Refused, having changed nothing.

    New tokens that do not open the administration in use are not kept: the old ones may still be good.
    """
    if by and row.asked_by not in ("", by):
        raise Refused(Problem.of("CONSENT_OF_ANOTHER"))
    if not AskedConsent.objects.filter(pk=row.pk).delete()[0]:
        raise Refused(Problem.of("CONSENT_NOT_ASKED"))
    if row.asked_at < at - LASTS:
        raise Refused(Problem.of("CONSENT_EXPIRED"))
    fresh = MemoryTokenStore()
    consent = Consent(url="", state=came_back.get("state", ""), verifier=row.verifier)
    try:
        _way(row.connection, row.kind, row.options, fresh).take_consent(consent, came_back)
    except BooksTrouble as trouble:
        raise Refused(trouble.problem) from trouble
    _still_opens(row, fresh)
    _keep(row.connection, fresh.load())


def administrations_of(
    connection: Connection,
    kind: str,
    options: Mapping[str, Any] | None = None,
    store: TokenStore | None = None,
) -> Sequence[Choice]:
    """What the access opens, also when the administration chosen before is there no longer. Raises Refused."""
    try:
        return api_books_of(connection, kind, "", _options(connection, kind, options), store).administrations()
    except BooksTrouble as trouble:
        raise Refused(trouble.problem) from trouble
    except ValueError as error:
        raise Refused(Problem.of("SETTINGS_INVALID", what=error)) from error


def _still_opens(row: AskedConsent, fresh: TokenStore) -> None:
    """The administration in use must be open to the new tokens too, as far as the books can say so now."""
    used = row.connection.administration
    if used.kind != row.kind or not used.label:
        return
    try:
        opened = administrations_of(row.connection, row.kind, row.options, fresh)
    except Refused:
        return  # the checks and the next run will tell
    if used.label not in {choice.id for choice in opened}:
        raise Refused(Problem.of("CONSENT_OF_WRONG_USER", what=used.label))


def _keep(connection: Connection, tokens: Tokens | None) -> None:
    assert tokens is not None  # noqa: S101 - taking a consent leaves them there
    store = RecordedTokens(connection.pk)
    with store.lock():
        store.save(tokens)
    if connection.active:  # what waited for access goes along within a minute
        Timetable.objects.update_or_create(connection=connection, defaults={"next_fetch_at": None})


def _way(
    connection: Connection, kind: str, options: Mapping[str, Any] | None, store: TokenStore | None = None
) -> OwnerConsent:
    try:
        settings = books_settings(kind, "", _options(connection, kind, options))
        return consent_for(kind, settings, access_of(connection, store))
    except ValueError as error:
        raise Refused(Problem.of("SETTINGS_INVALID", what=error)) from error


def _options(connection: Connection, kind: str, options: Mapping[str, Any] | None) -> Mapping[str, Any]:
    return options or options_for(connection, kind)


def _hash(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
