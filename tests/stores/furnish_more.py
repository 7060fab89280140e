"""What some stores have besides: fees, coupons for some products, options that change the price, a second store.

And what a shopkeeper changes after orders were placed, which must not change what becomes of them.
"""

from collections.abc import Iterator
from urllib.parse import urlsplit

from tests.stores.furnish import BOOK, CABLE, HIGH, LOW, PRICES, SCREW, Row, Values, columns, insert
from tests.stores.install import Store

FOR_BOOKS, FOR_CATEGORY = "BOEKEN", "KABELS"
DEARER, CHEAPER = 47, 28
"""Products with an option that adds 2.4793 and one that takes off 1.6529; of the class that is deleted later."""
OLD_CLASS = 11
OPTIONS = {DEARER: ("9001", "9101"), CHEAPER: ("9002", "9102")}
"""Product -> the option and the value that are chosen."""
POINTS = 400
"""What one book costs in reward points."""
SECOND_STORE = 1
ABOVE, BELOW = 800, 5
"""Handling is charged above so much (before 2.0.3: below the other amount), the fee for small orders below so much."""

_ABOVE_CATEGORY, _CATEGORY = 7700, 7701
_SELECT, _CHOICE = 5, 39


def furnish_more(store: Store) -> None:
    """Everything above, straight into the tables."""
    statements = [*_fees(store), *_priced(store)]
    statements += [insert(store, row) for row in (*_limited_coupons(), *_options(), *_second_store(store))]
    store.database.rows(";\n".join(statements) + ";")


def second_address(store: Store) -> str:
    """Where the second store is: the same server under another name."""
    return store.address.replace("127.0.0.1", "localhost")


def change_afterwards(store: Store) -> None:
    """A product gets another tax class, a tax class goes, and prices are shown without VAT."""
    rate = store.table("tax_rule")
    statements = [
        f"UPDATE {store.table('product')} SET tax_class_id = {LOW} WHERE product_id = {SCREW}",
        f"DELETE FROM {store.table('tax_class')} WHERE tax_class_id = {OLD_CLASS}",
        f"DELETE FROM {rate} WHERE tax_class_id = {OLD_CLASS}",
        f"UPDATE {store.table('setting')} SET value = '0' WHERE `key` = 'config_tax'",
    ]
    store.database.rows(";\n".join(statements) + ";")


def _fees(store: Store) -> Iterator[str]:
    group = "code" if "code" in columns(store, "setting") else "group"
    limit = BELOW if store.release.numbers < (2, 0, 3) else ABOVE
    for code, about in (("handling", (limit, "3.3058")), ("low_order_fee", (BELOW, "2.0661"))):
        yield f"DELETE FROM {store.table('extension')} WHERE type = 'total' AND code = '{code}'"
        yield insert(store, Row("extension", {"extension": "opencart", "type": "total", "code": code}))
        values = {"total": about[0], "fee": about[1], "tax_class_id": HIGH, "status": 1, "sort_order": 3}
        for name, value in values.items():
            key = store.release.setting("total", f"{code}_{name}")
            yield f"DELETE FROM {store.table('setting')} WHERE `key` = '{key}'"
            row: Values = {"store_id": 0, group: store.release.setting("total", code), "key": key, "value": str(value)}
            yield insert(store, Row("setting", {**row, "serialized": 0}))


def _priced(store: Store) -> Iterator[str]:
    when: Values = {"tax_class_id": OLD_CLASS, "title": "Oud", "description": "Oud"}
    dates = {"date_added": "2026-01-01 00:00:00", "date_modified": "2026-01-01 00:00:00"}
    yield insert(store, Row("tax_class", {**when, **dates}))
    rule: Values = {"tax_rule_id": 9, "tax_class_id": OLD_CLASS, "tax_rate_id": 1}
    yield insert(store, Row("tax_rule", {**rule, "based": "shipping", "priority": 1}))
    both = ", ".join(map(str, OPTIONS))
    yield (
        f"UPDATE {store.table('product')} SET price = 16.5248, tax_class_id = {OLD_CLASS}, quantity = 10000,"
        f" status = 1, minimum = 1, shipping = 1 WHERE product_id IN ({both})"
    )
    yield f"UPDATE {store.table('product')} SET points = {POINTS} WHERE product_id = {BOOK}"
    for extra in ("product_discount", "product_special", "product_option", "product_option_value"):
        if columns(store, extra):
            yield f"DELETE FROM {store.table(extra)} WHERE product_id IN ({both})"


def _limited_coupons() -> Iterator[Row]:
    for number, (code, kind, discount) in enumerate(
        ((FOR_BOOKS, "P", "20.0000"), (FOR_CATEGORY, "F", "4.0000")), start=200
    ):
        about: Values = {
            "coupon_id": number,
            "name": code,
            "code": code,
            "type": kind,
            "discount": discount,
        }
        limits: Values = {
            "logged": 0,
            "shipping": 0,
            "total": "0",
            "uses_total": 100,
            "uses_customer": "100",
        }
        dates = {"date_start": "2020-01-01", "date_end": "2099-01-01", "date_added": "2026-01-01 00:00:00"}
        yield Row("coupon", {**about, **limits, **dates, "status": 1})
    yield Row("coupon_product", {"coupon_id": 200, "product_id": BOOK})
    yield Row("coupon_category", {"coupon_id": 201, "category_id": _ABOVE_CATEGORY})
    yield Row("category_path", {"category_id": _CATEGORY, "path_id": _ABOVE_CATEGORY, "level": 0})
    yield Row("category_path", {"category_id": _CATEGORY, "path_id": _CATEGORY, "level": 1})
    yield Row("product_to_category", {"product_id": CABLE, "category_id": _CATEGORY})


def _options() -> Iterator[Row]:
    for (product, (option, value)), (sign, price) in zip(
        OPTIONS.items(), (("+", "2.4793"), ("-", "1.6529")), strict=True
    ):
        of: Values = {"product_option_id": option, "product_id": product, "option_id": _SELECT}
        yield Row("product_option", {**of, "value": "", "option_value": "", "required": 1})
        stock: Values = {"option_value_id": _CHOICE, "quantity": 10000, "subtract": 0}
        rest: Values = {"points": 0, "points_prefix": "+", "weight": 0, "weight_prefix": "+"}
        own: Values = {"product_option_value_id": value, "price": price, "price_prefix": sign}
        yield Row("product_option_value", {**of, **own, **stock, **rest})


def _second_store(store: Store) -> Iterator[Row]:
    address = second_address(store)
    yield Row("store", {"store_id": SECOND_STORE, "name": "Tweede winkel", "url": address, "ssl": address})
    for product in PRICES:
        yield Row("product_to_store", {"product_id": product, "store_id": SECOND_STORE})
    group = "code" if "code" in columns(store, "setting") else "group"
    for key, value in (("config_url", address), ("config_ssl", address), ("config_name", urlsplit(address).netloc)):
        row: Values = {"store_id": SECOND_STORE, group: "config", "key": key, "value": value}
        yield Row("setting", {**row, "serialized": 0})
