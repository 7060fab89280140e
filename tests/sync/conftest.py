"""A connection to a simulated store with recorded orders, and the pipeline to run on it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from kloppend.demo.stores import choices_for, recorded_stores
from kloppend.records.models import Administration, Connection, Merchant
from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
from kloppend.sync.pipeline import Run, run
from kloppend.sync.shops import shop_of

API_KEY = "Geheim!Sleutel(2026)*Toets=1"
NOON = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
Runner = Callable[..., Run]
UBL = {
    "seller": {
        "name": "De Proef",
        "street": "Dam 1",
        "postcode": "1012 JS",
        "city": "Amsterdam",
        "vat_number": "NL000099998B57",
        "coc_number": "12345678",
        "iban": "NL91ABNA0417164300",
    },
}


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "KLOPPEND_FILES_DIR", str(tmp_path / "files"))


@pytest.fixture
def store() -> SimulatedStore:
    """The recorded 3.0.5.1 store."""
    path = next(path for path in recorded_stores(None) if path.stem == "3.0.5.1")
    return SimulatedStore(path, API_KEY, "LIC")


@pytest.fixture
def server(store: SimulatedStore) -> Iterator[StoreServer]:
    """The store, reachable over HTTP."""
    with StoreServer(store) as running:
        yield running


def make_connection(server: StoreServer, name: str = "De Proef", **choices: Any) -> Connection:
    """A stored connection to the simulated store with the demo's choices, changed as given."""
    merchant, _ = Merchant.objects.get_or_create(name="Jansen")
    administration, _ = Administration.objects.get_or_create(kind="asperion_axml", label="ADM")
    return Connection.objects.create(
        merchant=merchant,
        administration=administration,
        name=name,
        shop_kind="opencart",
        shop_address=server.address,
        api_key=API_KEY,
        licence_key="LIC",
        settings={**choices_for("3.0.5.1"), **choices},
    )


@pytest.fixture
def connection(db: None, server: StoreServer) -> Connection:
    """The connection every test starts with; nothing has been fetched yet."""
    return make_connection(server)


@pytest.fixture
def ubl(connection: Connection) -> Connection:
    """A connection whose files have a public layout: nothing to verify."""
    connection.administration = Administration.objects.create(kind="ubl", label="ADM")
    connection.settings = {**connection.settings, "books_options": UBL}
    connection.save()
    return connection


def sync(connection: Connection, at: datetime = NOON) -> Run:
    """Run the pipeline once, as a worker would: on the connection as it stands in the records."""
    fresh = Connection.objects.get(pk=connection.pk)
    with shop_of(fresh) as shop:
        return run(fresh, shop, at)
