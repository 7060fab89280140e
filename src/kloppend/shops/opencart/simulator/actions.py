"""The protocol's actions over a store's records, as the extension would answer them from its database."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from kloppend.shops.opencart.simulator.mapping import country_code, payment_code, payment_name, wire_order
from kloppend.shops.opencart.simulator.rows import Record, text

Params = Mapping[str, str]
Json = dict[str, Any]

_ID = re.compile(r"0|[1-9][0-9]{0,19}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


class ParameterInvalid(Exception):  # noqa: N818 - the protocol calls it so
    """A parameter is missing or has a wrong form; the message is its name."""


def orders(records: Sequence[Record], reference: Record, params: Params) -> Json:
    """A page of confirmed orders, by id or by (date_modified, id)."""
    after_id = int(_given(params, "after_id", _ID))
    confirmed = [record for record in records if record["order"]["order_status_id"] != "0"]
    if _given(params, "mode", re.compile("history|changed")) == "history":
        found = [record for record in _placed(confirmed, params) if _id(record) > after_id]
        found.sort(key=_id)
    else:
        start = (_given(params, "since", _MOMENT), after_id)
        found = sorted((record for record in confirmed if _changed(record) > start), key=_changed)
    page, more = _page(found, params, most=200)
    return {"orders": [wire_order(r, reference, params.get("vat_field", "")) for r in page], "more": more}


def order(records: Sequence[Record], reference: Record, params: Params) -> Json:
    """One order, or null."""
    wanted = _given(params, "id", _ID)
    for record in records:
        if record["order"]["order_id"] == wanted and record["order"]["order_status_id"] != "0":
            return {"order": wire_order(record, reference, params.get("vat_field", ""))}
    return {"order": None}


def inventory(records: Sequence[Record], reference: Record, params: Params) -> Json:
    """Outlines of all orders, never confirmed ones included, by id."""
    after_id = int(_given(params, "after_id", _ID))
    found = sorted((record for record in _placed(records, params) if _id(record) > after_id), key=_id)
    page, more = _page(found, params, most=1000)
    names = ("order_id", "date_modified", "order_status_id", "total")
    return {"entries": [{name: record["order"][name] for name in names} for record in page], "more": more}


def catalogue(records: Sequence[Record], reference: Record, params: Params) -> Json:
    """What a merchant chooses settings from."""
    rows = reference.get
    return {
        "tax_classes": _picked(rows("tax_class"), "tax_class_id", "title"),
        "tax_rates": [_tax_rate(row, reference) for row in rows("tax_rate") or ()],
        "tax_rules": [
            {**picked, "priority": int(picked["priority"])}
            for picked in _picked(rows("tax_rule"), "tax_class_id", "tax_rate_id", "based", "priority")
        ],
        "order_statuses": _picked(rows("order_status"), "order_status_id", "name"),
        "payment_methods": _payment_methods(records),
        "customer_groups": _picked(rows("customer_group_description"), "customer_group_id", "name"),
        "custom_fields": _custom_fields(reference),
        "currencies": _picked(rows("currency"), "code", "value"),
        "hints": {"package": "asperion", "trigger_status": "", "vat_field": ""},
    }


ACTIONS: Mapping[str, Callable[[Sequence[Record], Record, Params], Json]] = {
    "orders": orders,
    "order": order,
    "inventory": inventory,
    "catalogue": catalogue,
}


def tax_rates(reference: Record) -> list[Json]:
    """The rates that come along with every answer about orders."""
    rules = reference.get("tax_rule") or ()
    return [
        {
            **_picked([row], "name", "rate", "type")[0],
            "tax_class_ids": sorted(
                {rule["tax_class_id"] for rule in rules if rule["tax_rate_id"] == row["tax_rate_id"]}, key=int
            ),
        }
        for row in reference.get("tax_rate") or ()
    ]


def _given(params: Params, name: str, form: re.Pattern[str]) -> str:
    value = params.get(name, "")
    if not form.fullmatch(value):
        raise ParameterInvalid(name)
    return value


def _page(found: Sequence[Record], params: Params, *, most: int) -> tuple[Sequence[Record], bool]:
    limit = int(_given(params, "limit", re.compile("[0-9]{1,4}")))
    if not 1 <= limit <= most:
        raise ParameterInvalid("limit")
    return found[:limit], len(found) > limit


def _placed(records: Iterable[Record], params: Params) -> list[Record]:
    if not params.get("placed_from"):
        return list(records)
    since = _given(params, "placed_from", _DAY)
    return [record for record in records if record["order"]["date_added"] >= since]


def _id(record: Record) -> int:
    return int(record["order"]["order_id"])


def _changed(record: Record) -> tuple[str, int]:
    return record["order"]["date_modified"], _id(record)


def _picked(rows: Iterable[Mapping[str, str]] | None, *names: str) -> list[Json]:
    return [{name: text(row[name]) for name in names} for row in rows or ()]


def _tax_rate(row: Mapping[str, str], reference: Record) -> Json:
    zones = [z for z in reference.get("zone_to_geo_zone") or () if z["geo_zone_id"] == row["geo_zone_id"]]
    groups = [g for g in reference.get("tax_rate_to_customer_group") or () if g["tax_rate_id"] == row["tax_rate_id"]]
    codes = dict.fromkeys(country_code(zone["country_id"], reference) for zone in zones)
    return {
        **_picked([row], "tax_rate_id", "name", "rate", "type")[0],
        "countries": [code for code in codes if code],
        "customer_group_ids": [group["customer_group_id"] for group in groups],
    }


def _payment_methods(records: Sequence[Record]) -> list[Json]:
    confirmed = [record["order"] for record in records if record["order"]["order_status_id"] != "0"]
    seen = Counter(payment_code(row) for row in confirmed)
    names = {payment_code(row): payment_name(row) for row in confirmed}
    return [
        {"code": code, "name": names[code], "installed": True, "seen": count} for code, count in sorted(seen.items())
    ]


def _custom_fields(reference: Record) -> list[Json]:
    locations = {row["custom_field_id"]: row.get("location") or "" for row in reference.get("custom_field") or ()}
    return [
        {"field": f"custom_field:{key}", "name": text(row["name"]), "location": locations.get(key, "")}
        for row in reference.get("custom_field_description") or ()
        for key in (row["custom_field_id"],)
    ]
