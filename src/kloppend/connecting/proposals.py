"""Sensible first choices from what the shop offers. They are proposals: a person sees and confirms each of them."""

from datetime import date
from typing import Any

from kloppend.connecting.trial import Offer
from kloppend.domain.problems import Language
from kloppend.shops.port import Named, ShopCatalogue

_TRIGGERS = ("complete", "completed", "voltooid", "afgerond", "betaald", "paid")
_CANCELS = (
    *("canceled", "cancelled", "canceled reversal", "denied", "expired", "failed", "refunded", "reversed", "voided"),
    *("chargeback", "geannuleerd", "geweigerd", "verlopen", "mislukt", "terugbetaald", "teruggeboekt"),
)
_VAT_FIELD = ("btw", "vat", "tax id")
_METHODS = {
    "ideal": "iDEAL",
    "bancontact": "Bancontact",
    "mistercash": "Bancontact",
    "creditcard": "Creditcard",
    "paypal": "PayPal",
    "pp_": "PayPal",
    "klarna": "Klarna",
    "bank_transfer": "Overboeking",
    "banktransfer": "Overboeking",
    "cod": "Rembours",
    "cheque": "Cheque",
}


def propose(offer: Offer, today: date, language: Language) -> dict[str, Any]:
    """Settings to start from: what was filled in at the shop's side, else statuses and VAT field by name; start today.

    Payment methods are not among them, because no shop knows how the books name them: see `payment_suggestion`.
    """
    catalogue = offer.catalogue
    return {
        "trigger_statuses": _hinted(catalogue, "trigger_status", catalogue.statuses)
        or _named(catalogue.statuses, _TRIGGERS),
        "cancel_statuses": _named(catalogue.statuses, _CANCELS),
        "start_date": today.isoformat(),
        "vat_number_field": next(iter(_hinted(catalogue, "vat_number_field", catalogue.custom_fields)), "")
        or _vat_field(catalogue.custom_fields),
        "language": language,
    }


def payment_suggestion(code: str) -> str:
    """What such a method is often called, to be shown beside the field; empty when it says nothing to us."""
    lowered = code.lower()
    return next((name for part, name in _METHODS.items() if part in lowered), "")


def _hinted(catalogue: ShopCatalogue, hint: str, offered: tuple[Named, ...]) -> list[str]:
    return [one.key for one in offered if one.key == catalogue.hints.get(hint)]


def _named(found: tuple[Named, ...], names: tuple[str, ...]) -> list[str]:
    return [one.key for one in found if one.name.strip().casefold() in names]


def _vat_field(fields: tuple[Named, ...]) -> str:
    likely = [one.key for one in fields if any(word in one.name.casefold() for word in _VAT_FIELD)]
    return likely[0] if len(likely) == 1 else ""
