"""Licences: nothing is demanded, unless the operator does; then an expired one stops fetching, and says so."""

from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection as database
from pytest_django import Settings

from kloppend.connecting.checks import run_checks
from kloppend.connecting.draft import draft_of
from kloppend.domain.licence import licence_mark
from kloppend.domain.problems import Refused
from kloppend.records.licences import give_out, licence_of, state_of
from kloppend.records.models import Connection, Order
from kloppend.records.secrets import licence_fingerprint
from kloppend.shops.opencart.simulator import SimulatedStore
from kloppend.sync.files.make_file import make_file_now
from kloppend.sync.process import process_order
from kloppend.sync.shops import shop_of
from tests.sync.conftest import NOON, _files, connection, server, store, sync

__all__ = ["_files", "connection", "server", "store"]
pytestmark = pytest.mark.django_db


def open_codes(connection: Connection) -> set[str]:
    return set(connection.problems.filter(order=None, closed_at=None).values_list("code", flat=True))


def test_the_last_day_is_a_day_on_which_it_holds(connection: Connection) -> None:
    licence = give_out(connection.merchant, NOON, last_day=date(2026, 11, 24), trial=True)
    assert licence_of(licence_fingerprint(licence_mark(licence.key))) == licence
    late = datetime(2026, 11, 24, 22, 59, 59, tzinfo=UTC)  # in Amsterdam a second before midnight
    assert state_of(licence, late) == "trial"
    assert state_of(licence, late + timedelta(seconds=1)) == "expired"
    licence.trial, licence.last_day = False, None
    assert state_of(licence, late) == "valid"
    licence.ended_at = NOON
    assert state_of(licence, NOON) == "expired"


def test_keys_are_random_fit_the_extension_and_are_encrypted(connection: Connection) -> None:
    keys = {give_out(connection.merchant, NOON).key for _ in range(20)}
    assert len(keys) == 20
    assert all(len(key) == 23 and key.replace("-", "").isalnum() for key in keys)


def test_nobody_needs_one_by_default(connection: Connection) -> None:
    give_out(connection.merchant, NOON, last_day=date(2020, 1, 1))
    assert sync(connection).fetched


def test_where_they_are_demanded_an_expired_one_stops_fetching_until_it_is_renewed(
    connection: Connection, settings: Settings, store: SimulatedStore
) -> None:
    settings.KLOPPEND_LICENCES_DEMANDED = True
    assert sync(connection).nothing_new
    assert open_codes(connection) == {"LICENCE_UNKNOWN"}
    licence = give_out(connection.merchant, NOON, last_day=date(2026, 11, 23))
    store.licence_key = connection.licence_key = licence.key
    connection.save()
    assert sync(connection).nothing_new
    assert open_codes(connection) == {"LICENCE_EXPIRED"}
    with shop_of(connection) as shop:
        with pytest.raises(Refused, match="LICENCE_EXPIRED"):
            process_order(connection, shop, "1", NOON, "1")
        with pytest.raises(Refused, match="NOTHING_TO_SEND"):
            make_file_now(connection, shop, NOON, "1")
    assert not Order.objects.exists()
    assert not store.requests, "the shop is not asked"
    failed = {
        result.name
        for result in run_checks(draft_of(connection), NOON, connection=connection)
        if result.outcome == "failed"
    }
    assert failed == {"licence"}

    licence.last_day = date(2026, 11, 24)
    licence.save()
    assert sync(connection).fetched
    assert open_codes(connection) == set()


def test_the_migration_fills_what_our_keys_open(connection: Connection) -> None:
    fill = import_module("kloppend.records.migrations.0008_licence").fill
    expected = connection.licence_fingerprint
    Connection.objects.update(licence_fingerprint="")
    fill(apps, SimpleNamespace(connection=database))
    assert Connection.objects.get().licence_fingerprint == expected != ""
    with database.cursor() as cursor:
        cursor.execute("UPDATE records_connection SET licence_fingerprint = '', licence_key = 'of another key'")
    fill(apps, SimpleNamespace(connection=database))
    assert set(Connection.objects.values_list("licence_fingerprint", flat=True)) == {""}
