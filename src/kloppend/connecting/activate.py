"""Makes, changes and ends connections. None goes live, and no live one changes, unless every check passes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kloppend.connecting.checks import examine
from kloppend.connecting.draft import Draft, mark_of
from kloppend.connecting.of_draft import in_use, name_problem
from kloppend.connecting.results import CheckResult, nothing_failed
from kloppend.connecting.trial import names_of
from kloppend.domain.problems import Refused
from kloppend.records.models import Administration, Connection, Merchant, Shop


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of it: `done` tells whether the draft is what runs now. The results say why not, and what to mind.

    `overtaken`: somebody else saved since the draft was begun, so nothing was. `connection` is None when the draft
    could not even be stored, for want of a name of its own.
    """

    connection: Connection | None
    results: list[CheckResult]
    done: bool
    overtaken: bool = False


def connect(draft: Draft, at: datetime, *, merchant: Merchant | None = None) -> Attempt:
    """Store the draft as an inactive connection, check it, and activate it when nothing failed.

    The merchant's connection of the same name is the one meant, so trying again makes no second one. `merchant` is
    found or made by the draft's name for it when not given.
    """
    owner = merchant or _merchant(draft.merchant or draft.name)
    found = Connection.objects.filter(name=draft.name, merchant=owner).first()
    return change(found or Connection(merchant=owner, active=False), draft, at)


def store_inactive(draft: Draft, merchant: Merchant) -> Connection:
    """Keep a draft whose name is free as a connection that does not run; `change` checks and activates it."""
    connection = Connection(merchant=merchant, active=False)
    _fill(connection, draft)
    connection.save()
    return connection


def hold(draft: Draft) -> Connection:
    """A connection for the draft's access to be kept with, before anything was checked: an existing one as it is, else
    a new one that does not run. Raises Refused for a name that cannot be had.
    """
    owner = _merchant(draft.merchant or draft.name)
    found = Connection.objects.filter(name=draft.name, merchant=owner).first()
    if found:
        return found
    if wrong := name_problem(draft.name):
        raise Refused(wrong)
    return store_inactive(draft, owner)


def change(connection: Connection, draft: Draft, at: datetime, *, begun_at: str = "") -> Attempt:
    """Put the draft in force, if it passes; that also activates a connection that was not live.

    A live connection keeps its old settings when a check fails; one that is not keeps what was filled in. `begun_at`:
    the mark (`draft.mark_of`) of the settings that the draft was made from, when that matters.
    """
    seen = examine(draft, at, connection=connection if connection.pk else None)
    passed = nothing_failed(seen.results)
    if any(result.name == "name" and result.outcome == "failed" for result in seen.results):
        return Attempt(connection if connection.pk else None, seen.results, done=False)
    with transaction.atomic():
        if connection.pk:
            connection = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
            if wrong := in_use(connection, draft):  # posted since the checks looked
                late = CheckResult(name="administration_chosen", outcome="failed", problems=(wrong,))
                return Attempt(connection, [*seen.results, late], done=False)
            if begun_at and begun_at != mark_of(connection):
                return Attempt(connection, [], done=False, overtaken=True)
        if passed or not connection.active:
            _fill(connection, draft)
            connection.active = passed
            if passed and seen.identity:
                connection.shop, _ = Shop.objects.get_or_create(kind=draft.shop_kind, shop_id=seen.identity.shop_id)
                connection.shop_route = seen.identity.route
            if seen.catalogue:
                connection.shop_names = names_of(seen.catalogue)
            connection.save()
    return Attempt(connection, seen.results, done=passed)


def deactivate(connection: Connection) -> None:
    """Nothing is fetched or passed on any more; everything stays in the records."""
    with transaction.atomic():
        fresh = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        fresh.active = False
        fresh.save(update_fields=["active"])


def _merchant(name: str) -> Merchant:
    return Merchant.objects.filter(name=name[:200]).order_by("pk").first() or Merchant.objects.create(name=name[:200])


def _fill(connection: Connection, draft: Draft) -> None:
    connection.name = draft.name
    connection.shop_kind, connection.shop_address = draft.shop_kind, draft.shop_address
    connection.api_key, connection.licence_key = draft.api_key, draft.licence_key
    connection.administration, _ = Administration.objects.get_or_create(
        kind=draft.books_kind, label=draft.administration
    )
    connection.settings = draft.settings
