"""Who is who: by which key an e-mail address is known, and when two orders of one address are two customers."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from kloppend.domain.invoice import Debtor
from kloppend.domain.invoicing.vat_number import is_vat_number, normalise

_DUTCH_FORMS = ("b v", "bv", "n v", "nv", "v o f", "vof", "c v", "cv")
_OTHER_FORMS = (
    *("gmbh and co kg", "gmbh en co kg", "gmbh", "ug", "ag", "kg", "ohg", "e k", "ltd", "limited", "plc", "llc", "inc"),
    *(
        "s a r l",
        "sarl",
        "s a s",
        "sas",
        "s a",
        "sa",
        "s r l",
        "srl",
        "s p a",
        "spa",
        "bvba",
        "sprl",
        "aps",
        "oy",
        "ab",
    ),
)
_FORMS = sorted((*_DUTCH_FORMS, *_OTHER_FORMS), key=len, reverse=True)
_AT_THE_END = re.compile(rf" (?:{'|'.join(_FORMS)})$")
_AT_THE_BEGINNING = re.compile(rf"^(?:{'|'.join(_DUTCH_FORMS)}) ")
_AND = re.compile(r"\s(?:and|und|et)\s|[&+]")


def email_key(email: str) -> str:
    """What an address is recognised by: lower case, and one spelling of an internationalised domain.

    Plus-tags and dots stay: whether two such addresses reach one person, only their mail provider knows.
    """
    local, at, domain = unicodedata.normalize("NFKC", email).strip().lower().rpartition("@")
    return f"{local}{at}{'.'.join(_label(part) for part in domain.rstrip('.').split('.'))}"


def _label(part: str) -> str:
    """A label of a domain as people read it; one that is no valid Punycode stays as it is."""
    if not part.startswith("xn--"):
        return part
    try:
        return unicodedata.normalize("NFKC", part[4:].encode("ascii").decode("punycode")).lower()
    except ValueError:  # UnicodeError is one
        return part


def is_no_customer(email: str, patterns: Iterable[str]) -> bool:
    """Whether this address belongs to a marketplace or to the shop itself; `*` in a pattern stands for anything."""
    key = email_key(email)
    return any(
        re.fullmatch(".*".join(map(re.escape, pattern.strip().lower().split("*"))), key)
        for pattern in patterns
        if pattern.strip()
    )


@dataclass(frozen=True, slots=True)
class Who:
    """A company and a VAT number as keys to compare, or hashes of them; both empty for a private person."""

    company: str = ""
    vat_number: str = ""


def who_of(company: str, vat_number: str | None, country: str) -> Who:
    """The keys of what an order says of its customer; what is no VAT number at all ("n.v.t.") counts as none."""
    number = normalise(vat_number)
    found = next((one for one in (number, f"{country.upper()}{number}") if is_vat_number(one)), "")
    return Who(company=company_key(company), vat_number=found)


def who_is(debtor: Debtor) -> Who:
    """By what this customer differs from others of the same e-mail."""
    return who_of(debtor.address.company, debtor.vat_number, debtor.address.country)


def same_customer(one: Who, other: Who) -> bool:
    """Two VAT numbers decide; else the names of the companies; a company and a private person are two customers."""
    if one.vat_number and other.vat_number:
        return one.vat_number == other.vat_number
    if one.company or other.company:
        return one.company == other.company
    return not one.vat_number and not other.vat_number


def company_key(name: str) -> str:
    """A company's name without case, accents, punctuation and legal form."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = " ".join(re.sub(r"[^\w\s]|_", " ", _AND.sub(" en ", re.sub(r"[.'’]", " ", plain))).split())
    while (shorter := _AT_THE_BEGINNING.sub("", _AT_THE_END.sub("", words))) != words:
        words = shorter
    return words.replace(" ", "")
