"""Makes the sample store Dutch. Straight into its tables: tax, products and coupons would be hours in the admin.

What is under test (our extension's page, orders, statuses, edits) goes through the store's own pages instead.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.stores.install import PREFIX, Store

HIGH, LOW = 9, 10
"""Tax classes; 9 is the one that the sample store's shipping uses."""

GUITAR, BOOK, CABLE, SCREW = 40, 33, 36, 34
"""Products of the sample store without options, here of 21%, 9%, 21% and 21%, with prices that do not round well."""

PRICES = {GUITAR: ("413.2231", HIGH), BOOK: ("9.1651", LOW), CABLE: ("8.2562", HIGH), SCREW: ("0.0413", HIGH)}

PERCENT, FIXED, FREE_SHIPPING, EVERYTHING_FREE = "TIENPROC", "VIJFEURO", "GRATIS", "ALLESVRIJ"
CERTIFICATE = "CADEAU25"

VAT_FIELD = 50
GERMANY, NETHERLANDS, BELGIUM, SWITZERLAND = 81, 150, 21, 204


Values = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Row:
    """A row to insert; columns that this version does not have are left out."""

    table: str
    values: Mapping[str, str | int]


def furnish(store: Store) -> None:
    """Euro, Dutch VAT, products of two rates, coupons, a gift certificate and a field for the VAT number."""
    statements = [*_settings(store), *_currencies(store)]
    for table in ("tax_class", "tax_rule", "tax_rate", "tax_rate_to_customer_group", "geo_zone", "zone_to_geo_zone"):
        statements.append(f"DELETE FROM {store.table(table)}")
    statements += [insert(store, row) for row in (*_taxes(), *_coupons(), *_vat_field(store), *_certificate(store))]
    statements += _products(store)
    store.database.rows(";\n".join(statements) + ";")


def columns(store: Store, table: str) -> set[str]:
    """The columns of a table, none when the version has no such table."""
    found = store.database.rows(
        "SELECT column_name FROM information_schema.columns "
        f"WHERE table_schema = DATABASE() AND table_name = '{PREFIX}{table}'"
    )
    return {row[0] for row in found}


def insert(store: Store, row: Row) -> str:
    """The statement that inserts it."""
    known = columns(store, row.table)
    used = {name: value for name, value in row.values.items() if name in known}
    names = ", ".join(f"`{name}`" for name in used)
    values = ", ".join(str(value) if isinstance(value, int) else f"'{value}'" for value in used.values())
    return f"INSERT INTO {store.table(row.table)} ({names}) VALUES ({values})"


def _settings(store: Store) -> Iterator[str]:
    wanted: dict[str, tuple[str, str]] = {
        "config_currency": ("config", "EUR"),
        "config_currency_auto": ("config", "0"),  # would ask the internet
        "config_country_id": ("config", str(NETHERLANDS)),
        "config_zone_id": ("config", "0"),
        "config_timezone": ("config", "Europe/Amsterdam"),
        "config_stock_checkout": ("config", "1"),
        "config_checkout_id": ("config", "0"),
        "config_account_id": ("config", "0"),
    }
    if store.release.numbers < (2,):
        wanted["config_customer_group_display"] = ("config", "")
    for kind, code, key, value in (
        ("shipping", "flat", "flat_cost", "4.1281"),
        ("shipping", "flat", "flat_tax_class_id", str(HIGH)),
        ("shipping", "flat", "flat_geo_zone_id", "0"),
        ("payment", "cod", "cod_geo_zone_id", "0"),
        ("payment", "cod", "cod_order_status_id", "1"),
        ("payment", "free_checkout", "free_checkout_order_status_id", "1"),  # 3.0.2.0 brings none: never confirmed
    ):
        wanted[store.release.setting(kind, key)] = (store.release.setting(kind, code), value)
    group = "code" if "code" in columns(store, "setting") else "group"
    for name, (code, value) in wanted.items():
        yield f"DELETE FROM {store.table('setting')} WHERE `key` = '{name}'"
        yield (
            f"INSERT INTO {store.table('setting')} (store_id, `{group}`, `key`, `value`, serialized) "
            f"VALUES (0, '{code}', '{name}', '{value}', 0)"
        )


def _currencies(store: Store) -> Iterator[str]:
    table = store.table("currency")
    yield f"UPDATE {table} SET value = CASE code WHEN 'EUR' THEN 1 WHEN 'USD' THEN 1.0837 ELSE 0.85 END"
    yield f"UPDATE {table} SET status = 1, date_modified = NOW() WHERE code IN ('EUR', 'USD', 'GBP')"


def _taxes() -> Iterator[Row]:
    when = {"date_added": "2026-01-01 00:00:00", "date_modified": "2026-01-01 00:00:00"}
    yield Row("geo_zone", {"geo_zone_id": 1, "name": "Nederland", "description": "Nederland", **when})
    yield Row(
        "zone_to_geo_zone",
        {"zone_to_geo_zone_id": 1, "country_id": NETHERLANDS, "zone_id": 0, "geo_zone_id": 1, **when},
    )
    for tax_class, rate, title, percentage in ((HIGH, 1, "BTW 21%", "21.0000"), (LOW, 2, "BTW 9%", "9.0000")):
        yield Row("tax_class", {"tax_class_id": tax_class, "title": title, "description": title, **when})
        yield Row(
            "tax_rate",
            {"tax_rate_id": rate, "geo_zone_id": 1, "name": title, "rate": percentage, "type": "P", **when},
        )
        yield Row("tax_rate_to_customer_group", {"tax_rate_id": rate, "customer_group_id": 1})
        rule: Values = {
            "tax_rule_id": rate,
            "tax_class_id": tax_class,
            "tax_rate_id": rate,
            "based": "shipping",
            "priority": 1,
        }
        yield Row("tax_rule", rule)


def _coupons() -> Iterator[Row]:
    for number, (code, kind, discount, free) in enumerate(
        (
            (PERCENT, "P", "10.0000", 0),
            (FIXED, "F", "5.0000", 0),
            (FREE_SHIPPING, "F", "0.0000", 1),
            (EVERYTHING_FREE, "P", "100.0000", 1),
        ),
        start=100,
    ):
        yield Row(
            "coupon",
            {
                "coupon_id": number,
                "name": code,
                "code": code,
                "type": kind,
                "discount": discount,
                "logged": 0,
                "shipping": free,
                "total": "0.0000",
                "date_start": "2020-01-01",
                "date_end": "2099-01-01",
                "uses_total": 100,
                "uses_customer": "100",
                "status": 1,
                "date_added": "2026-01-01 00:00:00",
            },
        )


def _certificate(store: Store) -> Iterator[Row]:
    if columns(store, "voucher"):
        names = {"from_name": "Winkel", "from_email": "w@example.com", "to_name": "Klant", "to_email": "k@example.com"}
        amount: Values = {"amount": "25.0000", "status": 1, "date_added": "2026-01-01 00:00:00"}
        yield Row(
            "voucher",
            {"order_id": 0, "code": CERTIFICATE, **names, "voucher_theme_id": 8, "message": "", **amount},
        )


def _vat_field(store: Store) -> Iterator[Row]:
    if store.release.numbers < (2,):
        return
    field: Values = {"type": "text", "value": "", "validation": "", "location": "account", "status": 1, "sort_order": 1}
    yield Row("custom_field", {"custom_field_id": VAT_FIELD, **field})
    for (language,) in store.rows("SELECT language_id FROM {language}"):
        yield Row(
            "custom_field_description",
            {"custom_field_id": VAT_FIELD, "language_id": int(language), "name": "BTW-nummer"},
        )
    yield Row("custom_field_customer_group", {"custom_field_id": VAT_FIELD, "customer_group_id": 1, "required": 0})


def _products(store: Store) -> Iterator[str]:
    table = store.table("product")
    for product, (price, tax_class) in PRICES.items():
        yield (
            f"UPDATE {table} SET price = {price}, tax_class_id = {tax_class}, quantity = 10000, status = 1, "
            f"minimum = 1, shipping = 1 WHERE product_id = {product}"
        )
    for extra in ("product_discount", "product_special", "product_option", "product_option_value"):
        if columns(store, extra):
            yield f"DELETE FROM {store.table(extra)} WHERE product_id IN ({', '.join(map(str, PRICES))})"
    if store.release.numbers < (2,):
        shown = "tax_id_display = 1, tax_id_required = 0, company_id_display = 1, company_id_required = 0"
        yield f"UPDATE {store.table('customer_group')} SET {shown}"


def setting_of(store: Store, key: str) -> str:
    """The stored value of a setting."""
    rows = store.database.rows(f"SELECT value FROM {store.table('setting')} WHERE `key` = '{key}' AND store_id = 0")
    return rows[0][0] if rows else json.dumps(None)
