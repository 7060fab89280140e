"""A day in the store: all purchases, and what the shopkeeper does with them afterwards."""

from tests.stores import checkout, checkout4
from tests.stores.admin import Admin
from tests.stores.afterwards import add_fee_row, charge_vat_on_shipping, forgets_vat_on_shipping
from tests.stores.furnish import CABLE
from tests.stores.furnish_more import change_afterwards
from tests.stores.order_care import order_care
from tests.stores.shopping import UNTAXED_SHIPPING, Purchase, purchases_for


def trade(admin: Admin) -> dict[str, Purchase]:
    """Place every purchase this version knows; returns them by order number."""
    store = admin.store
    done: dict[str, Purchase] = {}
    if forgets_vat_on_shipping(store.release):
        done[_placed(admin, UNTAXED_SHIPPING)] = UNTAXED_SHIPPING
        charge_vat_on_shipping(store)
    for purchase in purchases_for(store.release):
        done[_placed(admin, purchase)] = purchase
    change_afterwards(store)
    return done


def _placed(admin: Admin, purchase: Purchase) -> str:
    """The number of the order, after the shopkeeper did with it what is to be done."""
    store, care = admin.store, order_care(admin)
    buy = checkout4.buy if store.release.numbers >= (4,) else checkout.buy
    buy(store, purchase)
    number = store.database.value(f"SELECT MAX(order_id) FROM {store.table('order')}")
    if purchase.fee_row:
        add_fee_row(store, number)
    if purchase.edited:
        care.add_product(number, purchase, CABLE)
    if purchase.status:
        care.set_status(number, purchase.status)
    return number
