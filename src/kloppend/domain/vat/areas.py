"""Where goods go, as VAT sees it: some places look like one country and count as another, or as outside the EU.

Source: the Commission's table of territorial status and VAT Directive art. 6 and 7 (bookkeeping 2.5).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kloppend.domain.order import Address
from kloppend.domain.vat.countries import COUNTRIES, EU_COUNTRIES

Zone = Literal["home", "eu", "outside"]
HOME = "NL"
NORTHERN_IRELAND = "XI"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """`zone` decides the treatment; `country` is whose VAT it is (XI: Northern Ireland); `rates` names the table.

    `special` names the place where it has rules other than its country, else it is empty.
    """

    zone: Zone
    country: str
    rates: str = ""
    special: str = ""


_OTHER_NAMES = {"EL": "GR", "FX": "FR", "UK": "GB", "XI": "GB"}
"""What some shops write instead of the ISO code; FX is metropolitan France in older lists."""

_DIGITS = {"DE": 5, "ES": 5, "FI": 5, "FR": 5, "GR": 5, "IT": 5}
"""How long a postcode is where it decides; shops lose leading zeros."""

_OUTSIDE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "DE": (("27498", "heligoland"), ("78266", "busingen")),
    "ES": (("35|38", "canary_islands"), ("51", "ceuta"), ("52", "melilla")),
    "FI": (("22", "aland"),),
    "FR": (("97|98(?!0)", "french_overseas"),),
    "GR": (("63086", "mount_athos"),),
    "IT": (("23041", "livigno"), ("22061", "campione")),
}
"""Per country: how the postcode begins, and the place outside the EU's VAT area that it belongs to."""

_OWN_RATES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "PT": (("9[0-4]", "PT-30", "madeira"), ("9[5-9]", "PT-20", "azores")),
}
"""Inside, with rates of their own."""


def find_area(address: Address | None) -> Area | None:
    """The area of an address; None when its country is missing or does not exist."""
    written = address.country.strip().upper() if address else ""
    country = _OTHER_NAMES.get(written, written)
    if address is None or country not in COUNTRIES:
        return None
    postcode = _postcode(country, address.postcode)
    if country == HOME:
        return Area(zone="home", country=HOME, rates=HOME)
    if country == "GB" and (written == NORTHERN_IRELAND or re.match(r"BT\d", postcode)):
        return Area(zone="eu", country=NORTHERN_IRELAND, rates=NORTHERN_IRELAND, special="northern_ireland")
    if country == "MC":
        return Area(zone="eu", country="FR", rates="FR", special="monaco")
    if country not in EU_COUNTRIES:
        return Area(zone="outside", country=country)
    return _member_state(country, postcode)


def _member_state(country: str, postcode: str) -> Area:
    for start, place in _OUTSIDE.get(country, ()):
        if re.match(start, postcode):
            return Area(zone="outside", country=country, special=place)
    for start, rates, place in _OWN_RATES.get(country, ()):
        if re.match(start, postcode):
            return Area(zone="eu", country=country, rates=rates, special=place)
    return Area(zone="eu", country=country, rates=country)


def _postcode(country: str, text: str) -> str:
    """Without spaces, a country prefix such as `F-` or lost zeros."""
    compact = re.sub(r"[\s.-]", "", text.upper())
    if country == "GB":
        return compact
    digits = "".join(re.findall(r"[0-9]", compact))
    return digits.zfill(_DIGITS.get(country, 0)) if digits else ""
