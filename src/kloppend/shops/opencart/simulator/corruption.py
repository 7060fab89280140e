"""Spoils what a store answers, before it is signed or on its way out, for the switched-on faults."""

from typing import Any

from kloppend.shops.opencart.simulator.faults import Fault, Faults

INVALID_UTF8_MARK = "this-is-not-utf8"
"""Stands in the signed text where the server puts bytes that are no UTF-8."""


def spoil(body: dict[str, Any], faults: Faults) -> dict[str, Any]:
    """The body of an answer about orders, with the faults that concern its orders."""
    if faults.strikes(Fault.WRONG_FORM) is not None:
        return {"something": "else"}
    orders = body.get("orders") or ([body["order"]] if body.get("order") else [])
    for order in orders:
        _spoil_order(order, faults)
    return body


def _spoil_order(order: dict[str, Any], faults: Faults) -> None:
    order_id = order["order_id"]
    if faults.strikes(Fault.NO_LINES, order_id) is not None:
        order["products"] = []
    if faults.strikes(Fault.BAD_AMOUNT, order_id) is not None:
        order["totals"][0]["value"] = "NaN"
    if faults.strikes(Fault.MISSING_FIELD, order_id) is not None:
        del order["totals"]
    if faults.strikes(Fault.INVALID_UTF8, order_id) is not None:
        order["email"] = INVALID_UTF8_MARK
