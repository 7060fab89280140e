"""Why a line is as it is, in words: one sentence per rule, filled from the inputs that the engine recorded."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from kloppend.domain.invoice import Why
from kloppend.domain.wording import TREATMENTS, Language, amounts, row_names

RULES: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "rate_of_product": {
            "nl": "De winkel rekende {tax} btw per stuk over {price}. Dat past bij {fitting} "
            "(vergeleken met {candidates}); het tarief is dus {rate}%.",
            "en": "The shop charged {tax} VAT per piece on {price}. That fits {fitting} "
            "(compared with {candidates}); so the rate is {rate}%.",
        },
        "rate_of_free_product": {
            "nl": "Dit product was gratis en volgt daarom het tarief van de rest van de bestelling: {rate}%.",
            "en": "This product was free, so it follows the rate of the rest of the order: {rate}%.",
        },
        "voucher_sold": {
            "nl": "Een verkochte cadeaubon is nog geen omzet: btw volgt pas wanneer de bon wordt gebruikt.",
            "en": "A gift voucher sold is no turnover yet: VAT follows when the voucher is used.",
        },
        "without_vat": {
            "nl": "De winkel rekende hierover geen btw.",
            "en": "The shop charged no VAT on this.",
        },
        "at_one_rate": {
            "nl": "De winkel bewaart het tarief van deze regel niet. Geheel tegen {rate}% klopt de btw van de winkel "
            "(verschil {deviation}; mogelijkheden bekeken: {tried}).",
            "en": "The shop does not store the rate of this row. Wholly at {rate}% the shop's VAT adds up "
            "(difference {deviation}; possibilities tried: {tried}).",
        },
        "by_tax_class": {
            "nl": "Volgens de winkel hoort hier een belastinggroep van {rate}% bij, en zo klopt de btw van de "
            "winkel ook (verschil {deviation}).",
            "en": "By the shop this has a tax class of {rate}%, and so the shop's VAT adds up "
            "(difference {deviation}).",
        },
        "in_proportion": {
            "nl": "Verdeeld naar de waarde van de producten ({goods}); hiervan valt {exact} onder {rate}%. "
            "Zo klopt de btw van de winkel (verschil {deviation}; mogelijkheden bekeken: {tried}).",
            "en": "Spread by the value of the products ({goods}); of this {exact} falls under {rate}%. "
            "So the shop's VAT adds up (difference {deviation}; possibilities tried: {tried}).",
        },
        "free_shipping": {
            "nl": "Deze korting nam eerst de verzendkosten weg en daarna een deel van de producten ({goods}); hiervan "
            "valt {exact} onder {rate}%. Zo klopt de btw van de winkel (verschil {deviation}; mogelijkheden "
            "bekeken: {tried}).",
            "en": "This discount first took off the shipping and then part of the products ({goods}); of this {exact} "
            "falls under {rate}%. So the shop's VAT adds up (difference {deviation}; possibilities tried: {tried}).",
        },
        "for_products": {
            "nl": "Deze kortingsbon gold volgens de winkel alleen voor bepaalde producten. Naar hun waarde verdeeld "
            "valt {exact} onder {rate}%, en zo klopt de btw van de winkel ook (verschil {deviation}).",
            "en": "By the shop this coupon was for certain products only. Spread by their value {exact} falls under "
            "{rate}%, and so the shop's VAT adds up (difference {deviation}).",
        },
        "solved": {
            "nl": "Deze korting gold niet voor alle producten gelijk. Uit de btw van de winkel volgt dat er "
            "{exact} onder {rate}% valt.",
            "en": "This discount did not apply to all products alike. The shop's VAT shows that "
            "{exact} falls under {rate}%.",
        },
        "credit": {
            "nl": "Deze regel neemt regel {line} van de factuur terug, geheel of voor een deel.",
            "en": "This line takes back line {line} of the invoice, wholly or in part.",
        },
    }
)

ZERO_REASONS: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "icp": {
            "nl": "Geen btw: levering aan een bedrijf in een ander EU-land ({country}) met btw-nummer {vat_number}, "
            "{checked}.",
            "en": "No VAT: supply to a business elsewhere in the EU ({country}) with VAT number {vat_number}, "
            "{checked}.",
        },
        "export": {
            "nl": "Geen btw: de goederen gaan de EU uit ({destination}).",
            "en": "No VAT: the goods leave the EU ({destination}).",
        },
        "kor": {
            "nl": "Geen btw: volgens de instellingen geldt de kleineondernemersregeling (KOR).",
            "en": "No VAT: by the settings the small businesses scheme (KOR) applies.",
        },
        "margin": {
            "nl": "Geen btw op de factuur: volgens de instellingen zijn dit margegoederen.",
            "en": "No VAT on the invoice: by the settings these are margin goods.",
        },
        "exempt": {
            "nl": "Geen btw: volgens de instellingen zijn deze goederen vrijgesteld.",
            "en": "No VAT: by the settings these goods are exempt.",
        },
    }
)

_CHECKED: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "nl": {
            "valid": "dat bij VIES is gecontroleerd",
            "not_checked": "ongecontroleerd, zoals de instellingen toestaan",
        },
        "en": {"valid": "which was checked with VIES", "not_checked": "not checked, as the settings allow"},
    }
)

_PLACES: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "nl": {
            "northern_ireland": "Noord-Ierland",
            "monaco": "Monaco",
            "heligoland": "Helgoland",
            "busingen": "Büsingen",
            "canary_islands": "Canarische Eilanden",
            "aland": "Åland",
            "french_overseas": "Frans overzees gebied",
            "mount_athos": "de berg Athos",
            "campione": "Campione d'Italia",
            "azores": "Azoren",
        },
        "en": {
            "northern_ireland": "Northern Ireland",
            "busingen": "Büsingen",
            "canary_islands": "Canary Islands",
            "aland": "Åland",
            "french_overseas": "French overseas area",
            "mount_athos": "Mount Athos",
            "campione": "Campione d'Italia",
        },
    }
)

_WITH_VAT: Mapping[Language, str] = MappingProxyType(
    {"nl": "Soort: {treatment}, naar {destination}.", "en": "Kind: {treatment}, to {destination}."}
)

_SOURCES: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "nl": {"product": "productregel", "voucher_sold": "verkochte cadeaubon", "tax": "btw-regel"},
        "en": {"product": "product row", "voucher_sold": "gift voucher sold", "tax": "VAT row"},
    }
)

_TOGETHER: Mapping[Language, str] = MappingProxyType(
    {
        "nl": "Alle regels van {rate}% zijn samen {base}, met {vat} btw zoals de winkel rekende",
        "en": "All lines at {rate}% together are {base}, with {vat} VAT as the shop charged",
    }
)
_ROUNDED: Mapping[Language, str] = MappingProxyType(
    {"nl": "; {exact} werd {net}.", "en": "; so {exact} became {net}."},
)


def explain_why(why: Why, language: Language) -> str:
    """The reason for the line's rate, for its VAT treatment where that is not the ordinary one, and for its cents."""
    if why.rule == "credit":
        return RULES[why.rule][language].format_map(why.inputs)
    whole = Decimal(why.inputs["exact"]) == Decimal(why.inputs["net"])
    in_cents = _TOGETHER[language] + ("." if whole else _ROUNDED[language])
    sentences = [RULES[why.rule][language], *_treatment(why, language), in_cents]
    return amounts(" ".join(sentences).format_map(_words(why.inputs, language)), language)


def explain_sources(why: Why, language: Language) -> str:
    """The shop's rows that the line rests on."""
    return amounts("; ".join(_source(source, language) for source in why.sources), language)


def _source(source: str, language: Language) -> str:
    kind, _, rest = source.partition(" ")
    return f"{_SOURCES[language].get(kind) or row_names(kind, language)} {rest}"


def place_name(inputs: Mapping[str, str], language: Language) -> str:
    """Where the goods go: the special area's name, or else the country's code."""
    place = inputs.get("place", "")
    return _PLACES[language].get(place, place.capitalize()) or inputs.get("country", "")


def _treatment(why: Why, language: Language) -> list[str]:
    treatment = why.inputs.get("treatment", "domestic")
    if why.rule == "voucher_sold" or treatment == "domestic":
        return []
    if why.inputs["rate"] == "0":
        return [ZERO_REASONS[treatment][language]]
    return [_WITH_VAT[language]]


def _words(inputs: Mapping[str, str], language: Language) -> dict[str, str]:
    treatment = TREATMENTS[language].get(inputs.get("treatment", ""), "")
    checked = _CHECKED[language].get(inputs.get("verdict", ""), "")
    return {**inputs, "treatment": treatment, "checked": checked, "destination": place_name(inputs, language)}
