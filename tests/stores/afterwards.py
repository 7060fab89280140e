"""What is done by SQL to one purchase: the account's credit and points before it is paid, a foreign row after it."""

from tests.stores.install import Store
from tests.stores.shopping import FEE_ROW


def give(store: Store, credit: str, points: int) -> None:
    """The newest customer gets store credit and reward points."""
    customer = store.database.value(f"SELECT MAX(customer_id) FROM {store.table('customer')}")
    about = f"SET customer_id = {customer}, order_id = 0, description = 'Proef', date_added = NOW()"
    if credit:
        store.database.rows(f"INSERT INTO {store.table('customer_transaction')} {about}, amount = {credit}")
    if points:
        store.database.rows(f"INSERT INTO {store.table('customer_reward')} {about}, points = {points}")


def add_fee_row(store: Store, order: str) -> None:
    """A row as an extension of a third party writes it: 2 euro with 21% VAT, in the total and in the VAT."""
    totals, of_order = store.table("order_total"), f"WHERE order_id = {order}"
    first = "text = '', " if store.database.rows(f"SHOW COLUMNS FROM {totals} LIKE 'text'") else ""
    extension = "extension = 'ander', " if store.database.rows(f"SHOW COLUMNS FROM {totals} LIKE 'extension'") else ""
    statements = [
        f"INSERT INTO {totals} SET order_id = {order}, code = '{FEE_ROW}', title = 'Toeslag', {first}{extension}"
        "value = 2, sort_order = 4",
        f"UPDATE {totals} SET value = value + 0.42 {of_order} AND title = 'BTW 21%'",
        f"UPDATE {totals} SET value = value + 2.42 {of_order} AND code = 'total'",
        f"UPDATE {store.table('order')} SET total = total + 2.42 {of_order}",
    ]
    store.database.rows(";\n".join(statements) + ";")
