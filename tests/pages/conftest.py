"""Visitors of a connection whose orders were fetched once: owner, accountant, operator, stranger."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from kloppend.records.models import Connection, Membership, Merchant
from tests.sync.conftest import _files, connection, server, store, sync

__all__ = ["_files", "connection", "server", "store"]

PASSWORD = "Kloppend-tot-op-de-cent"


def make_user(name: str, **more: object) -> User:
    """Somebody who can log in."""
    return User.objects.create_user(name, f"{name}@example.nl", PASSWORD, **more)


def client_of(user: User) -> Client:
    """A browser in which this user is logged in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def fetched(connection: Connection) -> Connection:
    """The connection after its first run: some orders forwarded, some refused."""
    sync(connection)
    return Connection.objects.get(pk=connection.pk)


@pytest.fixture
def owner(connection: Connection) -> Client:
    """The shopkeeper."""
    user = make_user("jansen")
    Membership.objects.create(user=user, merchant=connection.merchant, role=Membership.Role.OWNER)
    return client_of(user)


@pytest.fixture
def accountant(connection: Connection) -> Client:
    """The shopkeeper's accountant."""
    user = make_user("boekhouder")
    Membership.objects.create(user=user, merchant=connection.merchant, role=Membership.Role.ACCOUNTANT)
    return client_of(user)


@pytest.fixture
def stranger(db: None) -> Client:
    """The owner of another shop."""
    user = make_user("vreemde")
    Membership.objects.create(user=user, merchant=Merchant.objects.create(name="X"), role=Membership.Role.OWNER)
    return client_of(user)


@pytest.fixture
def operator(db: None) -> Client:
    """Runs the service."""
    return client_of(make_user("beheer", is_staff=True))
