"""A simulated Asperion with the REST adapter connected to it, as the contract and the other tests use it."""

import ipaddress
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from kloppend.books.access import Access, MemoryTokenStore, PartnerClient, Tokens, TokenStore
from kloppend.books.asperion.rest import (
    AsperionRest,
    Identity,
    Patience,
    RestSettings,
    rest_settings,
)
from kloppend.books.asperion.simulator import AsperionServer, Fault, SimulatedAsperion
from kloppend.books.asperion.simulator.administration import SimulatedAdministration
from kloppend.books.asperion.simulator.simulated import CLIENT
from kloppend.books.port import BooksSettings
from kloppend.domain.unclear import Sent
from kloppend.outside.http import GuardedClient, Limits

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)
SHORT = Limits(connect=2.0, read=5.0, total=10.0)
HASTY = Limits(connect=2.0, read=0.3, total=0.5)
PARTNER = PartnerClient(
    client_id=CLIENT.client_id, client_secret=CLIENT.client_secret, redirect_uri=CLIENT.redirect_uri
)


def _row(treatment: str, category: str, rate: str, code: str, account: int, **more: Any) -> dict[str, Any]:
    return {
        "treatment": treatment,
        "category": category,
        "rate": rate,
        "vat_code": code,
        "ledger_account": account,
    } | more


VAT = [
    _row("domestic", "S", "21", "1", 8000),
    _row("domestic", "S", "9", "2", 8010),
    _row("domestic", "O", "0", "6", 1690, kinds=["voucher_sale"]),
    _row("eu_home_rate", "S", "21", "1", 8000),
    _row("eu_home_rate", "S", "9", "2", 8010),
    _row("icp", "K", "0", "4", 8030),
    _row("export", "G", "0", "5", 8040),
    _row("export", "S", "21", "1", 8000),
    _row("exempt", "E", "0", "6", 8020),
    _row("margin", "E", "0", "6", 8025),
    _row("domestic", "Z", "0", "3", 8020),
    _row("domestic", "AE", "0", "3", 8020),
    _row("kor", "E", "0", "6", 8020),
    _row("oss", "S", "21", "BE21", 8050, country="BE"),
]
OPTIONS: dict[str, Any] = {
    "journal": "70",
    "debtor_kind": "1",
    "payment_conditions": {"IDEAL": 2},
    "vat": VAT,
    "rounding": {"vat_code": "6", "ledger_account": 4990},
    "voucher_payments": "invoice_in_full",
    "credit_notes": "negative_invoice",
}


class AsperionRig:
    """Implements tests.books.api_contract.Rig."""

    def __init__(self, asperion: SimulatedAsperion, server: AsperionServer, clients: ExitStack) -> None:
        self.clients = clients
        self.asperion = asperion
        self.server = server
        self.always = {Fault.DUPLICATES_ACCEPTED}  # exactly once must not rest on Asperion's help
        self.heal()
        self.store = MemoryTokenStore(self.fresh_tokens())
        self.books = self.connected()

    @property
    def administration(self) -> SimulatedAdministration:
        """The one that the adapter is to book in: not the default one."""
        return self.asperion.administrations[1]

    @property
    def invoices(self) -> list[dict[str, Any]]:
        return self.administration.invoices

    @property
    def debtors(self) -> list[dict[str, Any]]:
        return self.administration.debtors

    def fresh_tokens(self, *, valid: timedelta = timedelta(hours=1)) -> Tokens:
        found = self.asperion.grant()
        access, refresh = str(found["access_token"]), str(found["refresh_token"])
        return Tokens(access_token=access, refresh_token=refresh, expires_at=datetime.now(UTC) + valid)

    def settings(self, **options: Any) -> RestSettings:
        urls = {"api": self.server.address, "identity": self.server.address}
        administration = options.pop("administration", str(self.administration.id))
        return rest_settings(BooksSettings(administration=administration, options={**OPTIONS, **urls, **options}))

    def access(self, limits: Limits = SHORT, store: TokenStore | None = None) -> Access:
        http = self.clients.enter_context(GuardedClient(allowed_networks=LOOPBACK, limits=limits))
        return Access(partner=PARTNER, store=store or self.store, http=http)

    def identity(self, limits: Limits = SHORT, store: TokenStore | None = None) -> Identity:
        return Identity(self.settings(), self.access(limits, store))

    def connected(
        self, limits: Limits = SHORT, *, store: TokenStore | None = None, attempts: int = 1, **options: Any
    ) -> AsperionRest:
        patience = Patience(attempts=attempts, first_wait=0.001)
        return AsperionRest(self.settings(**options), self.access(limits, store), patience)

    def lose_answers(self, path: str = "") -> None:
        self.asperion.faults.switch_on(Fault.LOST_ANSWER, path)

    def lose_requests(self, path: str = "") -> None:
        self.asperion.faults.switch_on(Fault.LOST_REQUEST, path)

    def heal(self) -> None:
        self.asperion.faults.switch_off()
        for fault in self.always:
            self.asperion.faults.switch_on(fault)


@contextmanager
def asperion_rig(hang: float = 0.0) -> Iterator[AsperionRig]:
    """A rig, ready to book."""
    asperion = SimulatedAsperion()
    with AsperionServer(asperion, hang=hang) as server, ExitStack() as clients:
        yield AsperionRig(asperion, server, clients)


def sent(reference: str, debtor: str, document: Any) -> Sent:
    """What the policy for unclear outcomes needs to know."""
    return Sent(
        order=document.order_number,
        reference=reference,
        debtor_number=debtor,
        invoice_date=document.invoice_date,
        gross=document.invoice.total_inc_vat,
    )
