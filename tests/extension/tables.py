"""Tables of a shop in MariaDB: our own description of what OpenCart's versions have, filled with recorded rows."""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kloppend.shops.opencart.routes import version_numbers
from kloppend.shops.opencart.simulator import RECORDINGS

PREFIX = "shop7_"
VERSIONS = ("1.5.6.4", "2.0.3.1", "2.3.0.2", "3.0.5.1", "4.0.2.3", "4.1.0.4")
Row = Mapping[str, Any]

_KEYS = {
    "tax_rate_to_customer_group": "`tax_rate_id`, `customer_group_id`",
    "customer_group_description": "`customer_group_id`, `language_id`",
    "custom_field_description": "`custom_field_id`, `language_id`",
    "order_status": "`order_status_id`, `language_id`",
    "category_path": "`category_id`, `path_id`",
    "coupon_category": "`coupon_id`, `category_id`",
}
_TYPES = (
    (r"date_(added|modified)", "datetime NOT NULL"),
    (r"currency_value|value@currency", "decimal(15,8) NOT NULL"),
    (r"price|total|tax|discount|amount|rate|commission|value@order_total", "decimal(15,4) NOT NULL"),
    (r"quantity|sort_order|priority|points|reward|notify|serialized", "int(11) NOT NULL DEFAULT 0"),
    (r"(?!payment_company_id|payment_tax_id)[a-z_]*_id|customer_group_id", "int(11) NOT NULL DEFAULT 0"),
    (r"based|type|code|key|group|location|iso_code_2|default", "varchar(128) NOT NULL DEFAULT ''"),
    (r"[a-z_0-9]+", "text NOT NULL"),
)
_COUNTRIES = {"21": "BE", "81": "DE", "150": "NL", "222": "GB"}


def recording(path: Path) -> dict[str, Any]:
    """The rows of a recorded store."""
    rows: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def store(version: str) -> dict[str, Any]:
    """The rows of a recorded version, or of one that keeps the same rows in another way."""
    recorded = {"2.0.3.1": "2.3.0.2", "4.1.0.4": "4.0.2.3"}.get(version, version)
    rows = recording(next(path for path in RECORDINGS if path.stem == recorded))
    rows["meta"]["opencart_version"] = version
    for record in rows["orders"]:
        order = record["order"]
        if version == "2.0.3.1":  # custom fields are serialized
            order |= {
                name: serialized(json.loads(order[name] or "[]")) for name in order if name.endswith("custom_field")
            }
        if version == "4.1.0.4":  # sells no gift vouchers
            record.pop("order_voucher", None)
            record.pop("voucher_history", None)
    return rows


def serialized(value: object) -> str:
    """As PHP's serialize() writes texts, whole numbers and arrays with keys."""
    if isinstance(value, list):
        return serialized({str(index): each for index, each in enumerate(value)})
    if isinstance(value, dict):
        keys = (f"i:{key};" if key.isdecimal() else serialized(key) for key in value)
        inner = "".join(key + serialized(each) for key, each in zip(keys, value.values(), strict=True))
        return f"a:{len(value)}:{{{inner}}}"
    return f"i:{value};" if isinstance(value, int) else f's:{len(str(value).encode("utf-8"))}:"{value}";'


def tables(rows: Mapping[str, Any], settings: Mapping[str, str]) -> dict[str, list[Row]]:
    """Table -> its rows, of everything the extension reads."""
    version = version_numbers(rows["meta"]["opencart_version"])
    found: dict[str, list[Row]] = {name: list(of) for name, of in rows["reference"].items() if of}
    for record in rows["orders"]:
        for name, content in record.items():
            if isinstance(content, list | dict):
                found.setdefault(name, []).extend([content] if isinstance(content, dict) else content)
    found["country"] = [{"country_id": key, "iso_code_2": code} for key, code in _COUNTRIES.items()]
    found["language"] = [{"language_id": "1", "code": "en-gb"}]
    found["store"] = [{"store_id": "3", "name": "Tweede &amp; laatste", "url": "https://tweede.example/"}]
    codes = [{"extension_id": "1", "type": "payment", "code": "cod"}]
    found["extension"] = [*codes, {"extension_id": "2", "type": "payment", "code": "free_checkout"}]
    found["product"] = [{"product_id": "40", "tax_class_id": "9"}, {"product_id": "43", "tax_class_id": "21"}]
    group = "group" if version < (2, 0, 1) else "code"
    order = rows["orders"][0]["order"]
    known = {"config_currency": "EUR", "config_name": order["store_name"], "config_url": order["store_url"], **settings}
    known |= _tax_classes(version)
    found["setting"] = [
        {"setting_id": str(number), "store_id": "0", group: "x", "key": key, "value": value, "serialized": "0"}
        for number, (key, value) in enumerate(known.items(), 1)
    ]
    return found | _coupon_limits() | _addresses(version)


def _tax_classes(version: tuple[int, ...]) -> dict[str, str]:
    """The classes of shipping and fees, as each generation names such settings; an empty one says nothing."""
    kinds = ("shipping_", "total_") if version >= (3,) else ("", "")
    names = {f"{kinds[0]}flat": "21", f"{kinds[1]}handling": "21", f"{kinds[1]}low_order_fee": ""}
    return {f"{name}_tax_class_id": value for name, value in names.items()}


def _coupon_limits() -> dict[str, list[Row]]:
    """Coupon 1 is for product 40, coupon 2 for a category above the one that holds product 43."""
    path: list[Row] = [
        {"category_id": "8", "path_id": "7", "level": "0"},
        {"category_id": "8", "path_id": "8", "level": "1"},
    ]
    return {
        "coupon_product": [{"coupon_product_id": "1", "coupon_id": "1", "product_id": "40"}],
        "coupon_category": [{"coupon_id": "2", "category_id": "7"}],
        "category_path": path,
        "product_to_category": [{"product_id": "43", "category_id": "8"}],
    }


def _addresses(version: tuple[int, ...]) -> dict[str, list[Row]]:
    """Two addresses of customer 1. Which is the default stands with the address in 4.x, before with the customer."""
    names = ("firstname", "lastname", "company", "address_1", "address_2", "postcode", "city")
    modern = version >= (4,)
    rows: list[Row] = [
        {"address_id": key, "customer_id": "1", **{name: f"{name} &amp; {key}" for name in names}, "country_id": "150"}
        | ({"default": str(int(key == "2"))} if modern else {})
        for key in ("1", "2")
    ]
    return {"address": rows, "customer": [{"customer_id": "1"} | ({} if modern else {"address_id": "2"})]}


def sql(database: str, found: Mapping[str, list[Row]], version: str) -> str:
    """Statements that make and fill this database."""
    modern = version_numbers(version) >= (4, 0)
    tail = "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4" if modern else "ENGINE=MyISAM DEFAULT CHARSET=utf8"
    lines = ["SET NAMES utf8mb4, sql_mode=''", f"CREATE DATABASE `{database}`", f"USE `{database}`"]
    for name, rows in found.items():
        lines.append(_create(name, list(rows[0]), tail))
        lines.append(insert(name, rows))
    return ";\n".join(lines) + ";\n"


def insert(name: str, rows: Iterable[Row]) -> str:
    """One INSERT with all these rows, which have the same columns."""
    rows = list(rows)
    columns = ", ".join(f"`{column}`" for column in rows[0])
    values = ",\n".join("(" + ", ".join(literal(row[column]) for column in rows[0]) + ")" for row in rows)
    return f"INSERT INTO `{PREFIX}{name}` ({columns}) VALUES\n{values}"


def literal(value: str | None) -> str:
    """A value in SQL."""
    if value is None:
        return "NULL"
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _create(name: str, columns: list[str], tail: str) -> str:
    key = _KEYS.get(name, f"`{columns[0]}`")
    parts = [f"`{column}` {_type(name, column)}" for column in columns]
    if key == f"`{columns[0]}`":
        parts[0] = f"`{columns[0]}` int(11) NOT NULL AUTO_INCREMENT"
    return f"CREATE TABLE `{PREFIX}{name}` ({', '.join(parts)}, PRIMARY KEY ({key})) {tail}"


def _type(table: str, column: str) -> str:
    for pattern, kind in _TYPES:
        if re.fullmatch(pattern, column) or re.fullmatch(pattern, f"{column}@{table}"):
            return kind
    raise AssertionError(column)
