"""A day in the store: all purchases, and what the shopkeeper does with them afterwards."""

from tests.stores import checkout, checkout4
from tests.stores.admin import Admin
from tests.stores.afterwards import add_fee_row
from tests.stores.furnish import CABLE
from tests.stores.furnish_more import change_afterwards
from tests.stores.order_care import order_care
from tests.stores.shopping import Purchase, purchases_for


def trade(admin: Admin) -> dict[str, Purchase]:
    """Place every purchase this version knows; returns them by order number."""
    store = admin.store
    buy = checkout4.buy if store.release.numbers >= (4,) else checkout.buy
    care = order_care(admin)
    done: dict[str, Purchase] = {}
    for purchase in purchases_for(store.release):
        buy(store, purchase)
        number = store.database.value(f"SELECT MAX(order_id) FROM {store.table('order')}")
        done[number] = purchase
        if purchase.fee_row:
            add_fee_row(store, number)
        if purchase.edited:
            care.add_product(number, purchase, CABLE)
        if purchase.status:
            care.set_status(number, purchase.status)
    change_afterwards(store)
    return done
