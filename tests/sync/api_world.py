"""A simulated store on one side and a simulated Asperion, reached by its API, on the other."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from kloppend.books.access import Tokens
from kloppend.books.asperion.simulator import AsperionServer, Fault, SimulatedAsperion
from kloppend.demo.stores import choices_for, recorded_stores
from kloppend.records.models import Administration, Connection, Merchant
from kloppend.records.tokens import RecordedTokens
from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
from tests.books.asperion_rig import OPTIONS

API_KEY = "Geheim!Sleutel(2026)*Toets=1"
VERSION = "3.0.5.1"


@dataclass(frozen=True, slots=True)
class ApiWorld:
    """Both sides and the connection between them."""

    store: SimulatedStore
    asperion: SimulatedAsperion
    connection: Connection

    @property
    def invoices(self) -> list[dict[str, Any]]:
        """What the simulated books hold."""
        return self.asperion.administrations[1].invoices

    @property
    def debtors(self) -> list[dict[str, Any]]:
        return self.asperion.administrations[1].debtors

    def booked(self) -> Counter[str]:
        """How often each order number stands in the books, read from the description without our own reader.

        A credit note counts apart, as `1042 C1`.
        """
        assert not self.asperion.administrations[0].invoices
        assert not self.asperion.administrations[0].debtors
        return Counter(_number_in(row["description"]) for row in self.invoices)

    def on(self, fault: Fault, value: str = "", times: int | None = None) -> None:
        self.asperion.faults.switch_on(fault, value, times=times)

    def heal(self) -> None:
        """Everything works; but a second invoice of equal description is taken: exactly once is ours to keep."""
        self.asperion.faults.switch_off()
        self.on(Fault.DUPLICATES_ACCEPTED)

    def consent(self, valid: timedelta = timedelta(hours=1)) -> None:
        """The owner gave access; so long we believe that the token works."""
        found, store = self.asperion.grant(), RecordedTokens(self.connection.pk)
        with store.lock():
            store.save(
                Tokens(
                    access_token=str(found["access_token"]),
                    refresh_token=str(found["refresh_token"]),
                    expires_at=datetime.now(UTC) + valid,
                )
            )


def _number_in(description: str) -> str:
    credit = re.match(r"#\w+-(\w+)-(C\d+)\. ", description)
    return " ".join(credit.groups()) if credit else description.split()[1]


@contextmanager
def api_world(version: str = VERSION, *, hang: float = 0.0, **choices: Any) -> Iterator[ApiWorld]:
    """A fresh one, with access given; nothing was fetched yet."""
    path = next(path for path in recorded_stores(None) if path.stem == version)
    store, asperion = SimulatedStore(path, API_KEY, "LIC"), SimulatedAsperion()
    with StoreServer(store) as shop, AsperionServer(asperion, hang=hang) as books:
        merchant, _ = Merchant.objects.get_or_create(name="Jansen")
        asperion.administrations[1].id = 102 + Administration.objects.count()  # each world's ids are its own
        label = str(asperion.administrations[1].id)
        administration = Administration.objects.create(kind="asperion_rest", label=label)
        options = {**OPTIONS, "api": books.address, "identity": books.address}
        connection = Connection.objects.create(
            merchant=merchant,
            administration=administration,
            name=f"Per API {Connection.objects.count()}",
            shop_kind="opencart",
            shop_address=shop.address,
            api_key=API_KEY,
            licence_key="LIC",
            settings={**choices_for(version), **choices, "books_options": options},
        )
        world = ApiWorld(store, asperion, connection)
        world.heal()
        world.consent()
        yield world
