"""Recognises whether an order changed in a way that matters to its invoice, and ignores every other change."""

import hashlib
import json
from dataclasses import asdict
from decimal import Decimal

from kloppend.domain.order import Address, Order

_FORM = 1
"""Goes up when the form below changes: fingerprints of different forms do not compare."""


def fingerprint(order: Order) -> str:
    """SHA-256 in hex over all that would change the invoice or its debtor.

    Amounts, rows, addresses, e-mail, payment code and currencies count. Status, history, dates, row numbers, the
    order of rows, options chosen (their price counts) and the shop's list of tax rates do not; nor does how an amount
    is written (1.5 or 1.5000).
    """
    content = {
        "form": _FORM,
        "order": order.shop_order_id,
        "currencies": [order.base_currency, order.currency],
        "total": _amount(order.total),
        "products": sorted(
            [line.name, str(line.quantity), _amount(line.price), _amount(line.total), _amount(line.tax)]
            for line in order.products
        ),
        "vouchers": sorted([voucher.description, _amount(voucher.amount)] for voucher in order.vouchers_sold),
        "totals": sorted([row.code, row.title, _amount(row.value)] for row in order.totals),
        "customer": [
            order.customer.email.strip().casefold(),
            order.customer.first_name,
            order.customer.last_name,
            order.customer.vat_number or "",
        ],
        "invoice_address": _address(order.invoice_address),
        "delivery_address": _address(order.delivery_address),
        "payment": order.payment_code,
    }
    canonical = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _amount(amount: Decimal) -> str:
    """The amount without superfluous zeros and without an exponent; zero has no sign."""
    text = f"{amount:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", "0"} else text


def _address(address: Address | None) -> dict[str, str] | None:
    return None if address is None else asdict(address)
