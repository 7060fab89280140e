"""The demo's merchant: one connection per recorded store, each with choices of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

API_KEY = "Demo!Sleutel(2026)*Kloppend=1"
LICENCE_KEY = "DEMO-LICENTIE"
LICENCE_CODE = "DEMO-ADMINISTRATIE"

PENDING, PROCESSING, SHIPPED, COMPLETE, PROCESSED = "1", "2", "3", "5", "15"
CANCELED, DENIED, REFUNDED, REVERSED, CHARGEBACK = "7", "8", "11", "12", "13"

COMMON: Mapping[str, Any] = {
    "cancel_statuses": [CANCELED, DENIED, REFUNDED, REVERSED, CHARGEBACK],
    "start_date": "2026-11-01",
    "trigger_statuses": [PENDING, PROCESSING, SHIPPED, COMPLETE, PROCESSED],
    "payment_codes": {"cod": "REMBOURS", "bank_transfer": "OVERBOEKING"},
    "vat_number_field": "custom_field:1",
    "file_time": "00:00",
    "language": "nl",
}
"""What suits any recorded store; the payment codes are the demo's own, not Asperion's."""

DIFFERENT: Mapping[str, Mapping[str, Any]] = {
    "1.5.6.4": {
        "trigger_statuses": [SHIPPED, COMPLETE],
        "invoice_date": "trigger_date",
        "vat_number_field": "payment_tax_id",
    },
    "2.3.0.2": {"trigger_statuses": [PROCESSING, SHIPPED, COMPLETE], "invoice_date": "order_date"},
    "3.0.5.1": {"invoice_date": "order_date"},
    "4.0.2.3": {
        "start_date": "",
        "start_order_number": 3,
        "invoice_date": "sending_date",
        "payment_codes": {"cod": "REMBOURS", "mollie": "ONLINE", "mollie.klarna": "ACHTERAF"},
    },
}
"""Per OpenCart version: when an invoice is due, from where on, and which date it gets."""


def recorded_stores(folder: Path | None) -> list[Path]:
    """The files with recorded rows: those in `folder`, else the ones that come with Kloppend."""
    if folder is None:
        from kloppend.shops.opencart import recordings

        folder = Path(next(iter(recordings.__path__)))
    return sorted(folder.glob("*.json"))


def choices_for(version: str) -> dict[str, Any]:
    """The merchant's choices for the store of this version."""
    return {**COMMON, **DIFFERENT.get(version, {})}
