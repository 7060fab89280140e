"""Why a line is as it is, in words: one sentence per rule, filled from the inputs that the engine recorded."""

from collections.abc import Mapping
from types import MappingProxyType

from kloppend.domain.invoice import Why
from kloppend.domain.problems import Language

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
        "at_one_rate": {
            "nl": "De winkel bewaart het tarief van deze regel niet. Geheel tegen {rate}% klopt de btw van de winkel "
            "(verschil {deviation}; mogelijkheden bekeken: {tried}).",
            "en": "The shop does not store the rate of this row. Wholly at {rate}% the shop's VAT adds up "
            "(difference {deviation}; possibilities tried: {tried}).",
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
        "solved": {
            "nl": "Deze korting gold niet voor alle producten gelijk. Uit de btw van de winkel volgt dat er "
            "{exact} onder {rate}% valt.",
            "en": "This discount did not apply to all products alike. The shop's VAT shows that "
            "{exact} falls under {rate}%.",
        },
    }
)

_IN_CENTS: Mapping[Language, str] = MappingProxyType(
    {
        "nl": "{exact} werd {net}: alle regels van {rate}% zijn samen {base}, met {vat} btw zoals de winkel rekende.",
        "en": "{exact} became {net}: all lines at {rate}% together are {base}, with {vat} VAT as the shop charged.",
    }
)


def explain_why(why: Why, language: Language) -> str:
    """The reason for the line's rate and the reason for its cents, in one or two sentences."""
    return f"{RULES[why.rule][language]} {_IN_CENTS[language]}".format_map(why.inputs)
