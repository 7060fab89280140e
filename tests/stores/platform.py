"""Kloppend's side of a store test: a connection to the store, and the pipeline run for it, on an embedded database."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from kloppend.books.asperion.axml.profile import builtin_profile
from kloppend.records.models import Administration, Batch, Connection, Delivery, Merchant, Order
from kloppend.shops.port import ShopFault, ShopIdentity
from kloppend.sync.folders import folder_of
from kloppend.sync.pipeline import Run, run
from kloppend.sync.shops import shop_of
from tests.stores.package import API_KEY, LICENCE_KEY
from tests.stores.shopping import COMPLETE, PROCESSING, REFUNDED

_MORE_NODES = """
      { name = "Rounding", field = "totals.rounding", format = "decimal:0.00" },
      { name = "PaidByVoucher", field = "totals.payments", format = "decimal:0.00" },
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an order: its state, and the code that says why when there is no invoice."""

    state: str
    reason: str


def layout() -> str:
    """Our placeholder layout, with a place for vouchers and roundings, so that no order is held for want of one."""
    text = builtin_profile("placeholder")
    for switch in ("voucher_payments", "rounding_line"):
        text = text.replace(f'{switch} = "hold"', f'{switch} = "node"')
    before = '      { name = "Debtor", children = ['
    return text.replace(before, _MORE_NODES.lstrip("\n") + before)


def connect(address: str, vat_field: str, now: datetime) -> Connection:
    """A connection as a merchant would choose it; its file is due at once."""
    return Connection.objects.create(
        merchant=Merchant.objects.create(name="Proefwinkel"),
        name="Proefwinkel",
        administration=Administration.objects.create(kind="asperion_axml", label="PROEF"),
        shop_kind="opencart",
        shop_address=address,
        api_key=API_KEY,
        licence_key=LICENCE_KEY,
        settings={
            "trigger_statuses": ["1", PROCESSING, COMPLETE],
            "cancel_statuses": [REFUNDED],
            "start_date": (now - timedelta(days=2)).date().isoformat(),
            "payment_codes": {"cod": "REMBOURS", "free_checkout": "GRATIS"},
            "vat_number_field": vat_field,
            "file_time": "00:00",
            "books_options": {"profile_toml": layout()},
        },
    )


def identity(connection: Connection) -> ShopIdentity:
    """Who answers."""
    with shop_of(connection) as shop:
        return shop.identify()


def shop_id_or_refusal(connection: Connection, api_key: str = API_KEY) -> str:
    """The shop's own id, or the code that its refusal of this key becomes."""
    asking = Connection(
        shop_kind=connection.shop_kind, shop_address=connection.shop_address, api_key=api_key, settings={}
    )
    try:
        return identity(asking).shop_id
    except ShopFault as fault:
        return fault.problem.code


def sync(connection: Connection) -> Run:
    """One run, as the schedule would make it."""
    connection.refresh_from_db()
    with shop_of(connection) as shop:
        return run(connection, shop, datetime.now(UTC))


def outcomes(connection: Connection) -> dict[str, Outcome]:
    """What became of every order, by number."""
    found: dict[str, Outcome] = {}
    for order in Order.objects.filter(connection=connection):
        found[order.shop_order_id] = Outcome(order.state, order.reason)
    return found


def files(connection: Connection) -> dict[str, bytes]:
    """The files as they lie ready to be downloaded, by name."""
    batches = Batch.objects.filter(connection=connection).order_by("sequence")
    return {batch.name: (folder_of(connection) / batch.name).read_bytes() for batch in batches}


def deliveries() -> int:
    """How many invoices went out so far."""
    return Delivery.objects.count()


def problems(connection: Connection) -> list[str]:
    """What stands about the connection itself."""
    return list(connection.problems.filter(order=None, closed_at=None).values_list("code", flat=True))


def standing(connection: Connection, number: str) -> list[str]:
    """The codes that stand open about an order."""
    about = connection.problems.filter(order__shop_order_id=number, closed_at=None)
    return list(about.values_list("code", flat=True))
