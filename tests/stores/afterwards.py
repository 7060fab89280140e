"""What is done by hand to the store around one purchase: credit and points, a foreign row, a mistake that is mended."""

from tests.stores.install import Store
from tests.stores.release import Release
from tests.stores.shopping import FEE_ROW
from tests.stores.trouble import StoreTrouble


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


def forgets_vat_on_shipping(release: Release) -> bool:
    """4.0.0 and 4.0.1 look for the shipping's tax class in a text, never find it, and charge no VAT on shipping."""
    return (4,) <= release.numbers < (4, 0, 2)


def charge_vat_on_shipping(store: Store) -> None:
    """What a shopkeeper's developer mends there, in one line: the tax class stands where the cost is taken from."""
    file = store.folder / "extension" / "opencart" / "catalog" / "model" / "total" / "shipping.php"
    asked, mended = "$this->session->data['shipping_method']['tax_class_id']", "$shipping_method_info['tax_class_id']"
    text = file.read_text()
    if asked not in text:
        raise StoreTrouble(f"{file.name} does not look for the tax class where it was seen to")
    file.write_text(text.replace(asked, mended))
