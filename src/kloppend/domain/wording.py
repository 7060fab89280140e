"""How facts are said to people: amounts as the language writes them, and words instead of our own names."""

import re
from collections import defaultdict
from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from typing import Literal

Language = Literal["nl", "en"]
Words = Mapping[Language, Mapping[str, str]]

_NUMBER = re.compile(r"(?<![\w.,-])(-?\d+)\.(\d+)(%?)(?!\w|\.\w)")
_AMOUNT = re.compile(r"-?\d+\.\d{2,4}")
_OPTIONAL = re.compile(r"\[([^\]]*)\]")

TREATMENTS: Words = MappingProxyType(
    {
        "nl": {
            "domestic": "verkoop binnen Nederland",
            "icp": "levering aan een bedrijf in een ander EU-land (ICP)",
            "oss": "verkoop aan een consument in een ander EU-land, met de btw van dat land (OSS)",
            "eu_home_rate": "verkoop aan een consument in een ander EU-land, met Nederlandse btw",
            "export": "uitvoer buiten de EU",
            "kor": "verkoop onder de kleineondernemersregeling (KOR)",
            "margin": "margegoederen",
            "exempt": "vrijgestelde goederen",
        },
        "en": {
            "domestic": "sale within the Netherlands",
            "icp": "supply to a business elsewhere in the EU (ICP)",
            "oss": "sale to a consumer elsewhere in the EU, with the VAT of that country (OSS)",
            "eu_home_rate": "sale to a consumer elsewhere in the EU, with Dutch VAT",
            "export": "export outside the EU",
            "kor": "sale under the small businesses scheme (KOR)",
            "margin": "margin goods",
            "exempt": "exempt goods",
        },
    }
)
_OF_BOOKS: Words = MappingProxyType(
    {
        "nl": {
            "vat_codes": "btw-code",
            "journals": "dagboek",
            "journal": "dagboek",
            "ledger_accounts": "grootboekrekening",
            "payment_conditions": "betalingsconditie",
            "debtor_kind": "debiteursoort voor nieuwe klanten",
            "administration": "administratie",
        },
        "en": {
            "vat_codes": "VAT code",
            "journals": "journal",
            "ledger_accounts": "ledger account",
            "payment_conditions": "payment condition",
            "debtor_kind": "kind of debtor for new customers",
            "administration": "administration",
        },
    }
)
_SETTINGS: Words = MappingProxyType(
    {
        "nl": {
            "cancel_statuses": "de statussen waarmee een bestelling nooit meegaat",
            "excluded_stores": "de winkels die u weglaat",
            "excluded_groups": "de klantgroepen die u weglaat",
            "vat_number_field": "het veld met het btw-nummer van de klant",
        },
        "en": {
            "cancel_statuses": "the statuses with which an order is never forwarded",
            "excluded_stores": "the stores left out",
            "excluded_groups": "the customer groups left out",
            "vat_number_field": "the field with the customer's VAT number",
        },
    }
)
"""Choices of a connection, by what the settings page calls them."""
_ROWS: Words = MappingProxyType(
    {
        "nl": {
            "shipping": "verzendkosten",
            "handling": "behandelingskosten",
            "low_order_fee": "toeslag kleine bestelling",
            "coupon": "kortingsbon",
            "reward": "spaarpunten",
            "voucher": "cadeaubon",
            "credit": "winkeltegoed",
        },
        "en": {
            "low_order_fee": "low order fee",
            "reward": "reward points",
            "voucher": "gift voucher",
            "credit": "store credit",
        },
    }
)


def amounts(text: str, language: Language) -> str:
    """Every decimal number in a text as people write it: two decimals unless all four matter, in Dutch with a comma."""
    return _NUMBER.sub(lambda found: _number(found[1], found[2], found[3], language), text)


def _number(whole: str, decimals: str, percent: str, language: Language) -> str:
    digits = decimals.rstrip("0")
    if not percent:
        digits = digits.ljust(2 if len(digits) <= 2 else 4, "0")
    point = "," if language == "nl" else "."
    return f"{whole}{point if digits else ''}{digits}{percent}"


def row_names(codes: str, language: Language) -> str:
    """The words for the codes of a shop's rows, several separated by commas."""
    words = _ROWS[language]
    return ", ".join(words.get(code, code) for code in codes.split(", "))


def of_books(named: str, language: Language) -> str:
    """What the books offer, such as `vat_codes 21`, in words; several separated by commas."""
    parts = (each.partition(" ") for each in named.split(", "))
    return ", ".join(f"{_OF_BOOKS[language].get(kind, kind)}{space}{rest}" for kind, space, rest in parts)


def shown(name: str, value: str, language: Language) -> str:
    """One particular of a problem as people read it."""
    if name in {"row_code", "after_tax"}:
        return row_names(value, language)
    if name == "of_books":
        return of_books(value, language)
    if name == "setting":
        return _SETTINGS[language].get(value, value)
    if name == "treatment":
        return TREATMENTS[language].get(value, value)
    if "rate" in name:
        return value.replace(".", ",") if language == "nl" else value
    return amounts(value, language) if _AMOUNT.fullmatch(value) else value


def fill(text: str, values: Mapping[str, str], language: Language) -> str:
    """Put the values into `{names}`. What stands in square brackets is left out when a value in it is empty.

    What an older version of us stored may lack a particular that today's text asks for: a gap, never an error.
    """

    def keep(found: re.Match[str]) -> str:
        names = [name for _, name, _, _ in Formatter().parse(found[1]) if name]
        return found[1] if all(values.get(name) for name in names) else ""

    told = {name: shown(name, value, language) for name, value in values.items()}
    return _OPTIONAL.sub(keep, text).format_map(defaultdict(lambda: "…", told))
