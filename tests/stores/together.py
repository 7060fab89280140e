"""What shop and platform do together besides orders: connect, test the connection, and process one order."""

from collections.abc import Mapping
from datetime import UTC, datetime

from tests.stores.admin import Admin
from tests.stores.dashboard import Dashboard
from tests.stores.figures import differences, invoices_in, store_orders
from tests.stores.opened import vat_field_of
from tests.stores.platform import Platform, answers, identity
from tests.stores.shopping import Purchase
from tests.stores.verdict import Verdict


def says(admin: Admin) -> str:
    """What the settings page says after a press on Test connection, with its HTML."""
    return admin.open(admin.store.release.module_route, check="1").text


def missing(wanted: str, page: str) -> str:
    """Empty when it is there."""
    return "" if wanted in page else f"{wanted!r} is not on the page"


def connected(admin: Admin, platform: Platform, verdict: Verdict) -> None:
    """From a shop that nobody knows to a live connection."""
    store = admin.store
    who = identity(store.address)
    seen = (who.software_version, who.licence, who.base_currency, who.route)
    wanted = (store.release.version, "ok", "EUR", store.release.module_route)
    verdict.expect(f"ping tells {', '.join(wanted)}", seen if seen != wanted else "")
    page = says(admin)
    verdict.expect("before connecting, Test connection says so", missing("it knows no connection with this API", page))

    filled_in = answers(store.address, vat_field_of(store.release), datetime.now(UTC))
    live, said = platform.connect(filled_in, "--check-only", KLOPPEND_CONNECT_API_KEY="Een(Andere)Sleutel=2026")
    verdict.expect("kloppend connect refuses a wrong key", "" if not live and "SHOP_KEY_REFUSED" in said else said)
    live, said = platform.connect(filled_in)
    verdict.expect("kloppend connect looks at everything and goes live", "" if live else said)
    page = says(admin)
    verdict.expect("Test connection says that it works", missing("The connection works.", page))
    verdict.expect("and that the licence is right", missing("The licence is valid.", page))
    page = admin.open(store.release.module_route).text
    verdict.expect("Open my dashboard leads to this connection", missing(f'href="{store.platform}/c/', page))


def processed(admin: Admin, platform: Platform, purchases: Mapping[str, Purchase], verdict: Verdict) -> None:
    """The order in dollars is put right in the shop (by SQL); Process brings it into the next file, alone."""
    store = admin.store
    number = next((number for number, purchase in purchases.items() if purchase.currency != "EUR"), "")
    if not number:
        return
    table = store.table("order")
    store.database.rows(f"UPDATE {table} SET currency_code = 'EUR', currency_value = 1 WHERE order_id = {number}")
    known, dashboard = platform.files(), Dashboard(platform)
    dashboard.process(number)
    dashboard.make_file()
    made = {name: content for name, content in platform.files().items() if name not in known}
    invoices = {found: invoice for content in made.values() for found, invoice in invoices_in(content).items()}
    what = f"order {number}, put right in the shop and processed, goes into a file of its own"
    verdict.expect(what, "" if (len(made), list(invoices)) == (1, [number]) else f"{list(made)}: {list(invoices)}")
    if number in invoices:
        (order,) = (order for order in store_orders(store) if order.number == number)
        verdict.expect("and its invoice is equal to the store's rows", list(differences(order, invoices[number])))
