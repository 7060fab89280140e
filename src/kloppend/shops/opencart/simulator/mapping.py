"""From a store's rows to the protocol's JSON, for every OpenCart generation: columns are looked for, never assumed."""

import re
from collections.abc import Iterable

from kloppend.shops.opencart.simulator.custom_fields import custom_fields
from kloppend.shops.opencart.simulator.rows import Record, Row, method, rank, sorted_rows, text, whole
from kloppend.shops.opencart.simulator.rules import coupons, tax_class_of_row

VAT_FIELD_NAME = re.compile(r"btw|vat|tva|mwst|ust-?id|tax", re.IGNORECASE)
_CHOSEN = ("select", "radio", "checkbox", "image")
_COUNTRIES = {"21": "BE", "81": "DE", "150": "NL", "222": "GB"}
"""Country ids that the recorded stores use; OpenCart installs every store with the same list."""


def wire_order(record: Record, reference: Record, vat_field: str) -> dict[str, object]:
    """One order as the protocol sends it. Of rows too odd for that only the outline goes out: the platform says so."""
    order: Row = record["order"]
    try:
        return _wire_order(order, record, reference, vat_field)
    except (KeyError, TypeError, ValueError):
        return {"order_id": order["order_id"], "date_modified": order.get("date_modified") or ""}


def _wire_order(order: Row, record: Record, reference: Record, vat_field: str) -> dict[str, object]:
    return {
        "order_id": order["order_id"],
        "store_id": order.get("store_id") or "0",
        "customer_group_id": order.get("customer_group_id") or "0",
        "order_status_id": order["order_status_id"],
        "date_added": order["date_added"],
        "date_modified": order["date_modified"],
        "currency_code": order["currency_code"],
        "currency_value": order["currency_value"],
        "total": order["total"],
        "email": text(order.get("email")),
        "firstname": text(order.get("firstname")),
        "lastname": text(order.get("lastname")),
        "payment_address": _address(order, "payment", reference),
        "delivery_address": _address(order, "shipping", reference),
        "customer_address": _customer_address(order, reference),
        "payment_code": payment_code(order),
        "shipping_code": method(order, "shipping").get("code", ""),
        "shipping_tax_class_id": method(order, "shipping").get("tax_class_id"),
        "vat_candidates": _vat_candidates(order, reference, vat_field),
        "products": [
            _product(row, reference) | {"options": _options(row, record)}
            for row in sorted_rows(record, "order_product", "order_product_id")
        ],
        "vouchers": [{"amount": row["amount"]} for row in sorted_rows(record, "order_voucher", "order_voucher_id")],
        "totals": _totals(record, reference),
        "history": [
            {"order_status_id": row["order_status_id"], "date_added": row["date_added"]}
            for row in sorted_rows(record, "order_history", "order_history_id")
        ],
        "coupons": coupons(record, reference),
    }


def payment_code(order: Row) -> str:
    """`cod` up to 4.0.1; 4.0.2 and later double it (`cod.cod`), which is undone."""
    code = method(order, "payment").get("code", "")
    extension, _, option = code.partition(".")
    return extension if extension == option else code


def payment_name(order: Row) -> str:
    """The payment method as the customer saw it."""
    return text(method(order, "payment").get("name") or order.get("payment_method"))


def _address(order: Row, kind: str, reference: Record) -> dict[str, str] | None:
    names = ("firstname", "lastname", "company", "address_1", "address_2", "postcode", "city")
    address = {name: text(order.get(f"{kind}_{name}")) for name in names}
    country_id = order.get(f"{kind}_country_id") or "0"
    if not any(address.values()) and country_id == "0":
        return None
    return address | {"country": country_code(country_id, reference)}


def _customer_address(order: Row, reference: Record) -> dict[str, str] | None:
    """The customer's default address, for an order that has none itself."""
    if _address(order, "payment", reference) or _address(order, "shipping", reference):
        return None
    rows = [row for row in reference.get("address") or () if row["customer_id"] == order.get("customer_id")]
    default = {row["customer_id"]: row["address_id"] for row in reference.get("customer") or () if "address_id" in row}
    for row in rows:
        if row.get("default") == "1" or default.get(row["customer_id"]) == row["address_id"]:
            return _address({f"customer_{name}": value for name, value in row.items()}, "customer", reference)
    return None


def country_code(country_id: str, reference: Record) -> str:
    """ISO 3166-1 alpha-2 from the store's own country table, or from the list OpenCart installs; empty if unknown."""
    for row in reference.get("country") or ():
        if row["country_id"] == country_id:
            return str(row["iso_code_2"] or "")
    return _COUNTRIES.get(country_id, "")


def _vat_candidates(order: Row, reference: Record, vat_field: str) -> list[dict[str, str]]:
    """Only what may be a VAT number leaves the shop: fields named like one, and the one the platform asked for."""
    found = [("payment_tax_id", text(order.get("payment_tax_id")))]
    likely = {f"custom_field:{row['custom_field_id']}" for row in _named_like_vat(reference)} | {vat_field}
    for column in ("custom_field", "payment_custom_field", "shipping_custom_field"):
        found += [(f"custom_field:{name}", text(value)) for name, value in custom_fields(order.get(column)).items()]
    unique = dict.fromkeys((name, value) for name, value in found if value)
    return [{"field": name, "value": value} for name, value in unique if name == "payment_tax_id" or name in likely]


def _named_like_vat(reference: Record) -> Iterable[Row]:
    rows = reference.get("custom_field_description") or ()
    return (row for row in rows if VAT_FIELD_NAME.search(row["name"] or ""))


def _product(row: Row, reference: Record) -> dict[str, object]:
    classes = {product["product_id"]: product["tax_class_id"] for product in reference.get("product") or ()}
    return {
        "order_product_id": row["order_product_id"],
        "product_id": row.get("product_id") or "0",
        "name": text(row.get("name")),
        "model": text(row.get("model")),
        "quantity": whole(row["quantity"]),
        "price": row["price"],
        "total": row["total"],
        "tax": row["tax"],
        "tax_class_id": classes.get(row.get("product_id")),
    }


def _options(product: Row, record: Record) -> list[dict[str, str]]:
    """What was chosen from a list; what a customer types may be anybody's name and stays in the shop."""
    return [
        {"name": text(row.get("name")), "value": text(row.get("value"))}
        for row in sorted_rows(record, "order_option", "order_option_id")
        if row["order_product_id"] == product["order_product_id"] and row.get("type") in _CHOSEN
    ]


def _totals(record: Record, reference: Record) -> list[dict[str, object]]:
    rows = sorted_rows(record, "order_total", "order_total_id")
    return [
        {
            "code": text(row.get("code")),
            "title": text(row.get("title")),
            "value": row["value"],
            "sort_order": whole(row.get("sort_order")),
            "tax_class_id": tax_class_of_row(record["order"], row.get("code") or "", reference),
        }
        for row in sorted(rows, key=lambda row: rank(row.get("sort_order")))
    ]
