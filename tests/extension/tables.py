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
}
_TYPES = (
    (r"date_(added|modified)", "datetime NOT NULL"),
    (r"currency_value|value@currency", "decimal(15,8) NOT NULL"),
    (r"price|total|tax|discount|amount|rate|commission|value@order_total", "decimal(15,4) NOT NULL"),
    (r"quantity|sort_order|priority|points|reward|notify|serialized", "int(11) NOT NULL DEFAULT 0"),
    (r"(?!payment_company_id|payment_tax_id)[a-z_]*_id|customer_group_id", "int(11) NOT NULL DEFAULT 0"),
    (r"based|type|code|key|group|location|iso_code_2", "varchar(128) NOT NULL DEFAULT ''"),
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
    found["setting"] = [
        {"setting_id": str(number), "store_id": "0", group: "x", "key": key, "value": value, "serialized": "0"}
        for number, (key, value) in enumerate(known.items(), 1)
    ]
    return found


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
