"""What a store's settings and coupons say of charges and discounts, as the extension would tell it."""

import re

from kloppend.shops.opencart.simulator.rows import Record, Row, method, sorted_rows, text

_ID = re.compile(r"0|[1-9][0-9]{0,19}")


def tax_class_of_row(order: Row, code: str, reference: Record) -> str | None:
    """The tax class that is set now for what made this row of the totals; None when unknown."""
    kind = "total"
    if code == "shipping":
        kind, code = "shipping", method(order, "shipping").get("code", "").partition(".")[0]
    settings = {(row["store_id"], row["key"].lower()): row["value"] for row in reference.get("setting") or ()}
    key = f"{code.lower()}_tax_class_id"
    for store in (order.get("store_id") or "0", "0"):
        for name in (f"{kind}_{key}", key):
            value = settings.get((store, name), "") if code else ""
            if _ID.fullmatch(value):
                return str(value)
    return None


def coupons(record: Record, reference: Record) -> list[dict[str, object]]:
    """The coupons used in an order, with their present rules."""
    known = {row["coupon_id"]: row for row in reference.get("coupon") or ()}
    used = ((row, known.get(row["coupon_id"])) for row in sorted_rows(record, "coupon_history", "coupon_history_id"))
    return [
        {
            "code": text(coupon["code"]),
            "type": coupon["type"],
            "discount": coupon["discount"],
            "free_shipping": coupon["shipping"] == "1",
            "amount": row["amount"],
            **_limits(coupon["coupon_id"], record, reference),
        }
        for row, coupon in used
        if coupon
    ]


def _limits(coupon_id: str, record: Record, reference: Record) -> dict[str, object]:
    """Whether the coupon is for some products only, and which of this order's; categories count with those below."""
    if "coupon_product" not in reference:
        return {"limited": None, "product_ids": []}
    products = {row["product_id"] for row in reference["coupon_product"] if row["coupon_id"] == coupon_id}
    chosen = {row["category_id"] for row in reference.get("coupon_category") or () if row["coupon_id"] == coupon_id}
    below = {row["category_id"] for row in reference.get("category_path") or () if row["path_id"] in chosen}
    placed = reference.get("product_to_category") or ()
    concerned = products | {row["product_id"] for row in placed if row["category_id"] in below}
    bought = dict.fromkeys(row["product_id"] for row in sorted_rows(record, "order_product", "order_product_id"))
    return {"limited": bool(products or chosen), "product_ids": [each for each in bought if each in concerned]}
