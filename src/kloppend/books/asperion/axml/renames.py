"""Which of our placeholder names must be which official name? Proposes only what can hardly be anything else."""

import re
from collections.abc import Mapping

from kloppend.books.asperion.axml.paths import Seen

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")

# Words that can only mean this field, in lower case, letters and digits only. A bare price or total is not among
# them: with VAT or without is exactly what must not be guessed.
_WORDS: dict[str, set[str]] = {
    "heading.administration": {"licence", "license", "licencecode", "licensecode", "licentie", "licentiecode"},
    "heading.shop_name": {"shop", "shopname", "webshop", "winkel", "winkelnaam"},
    "heading.order_count": {"ordercount", "numberoforders", "aantalorders", "aantalbestellingen"},
    "order.number": {"ordernumber", "orderno", "ordernr", "orderid", "ordernummer", "bestelnummer", "bestelnr"},
    "order.description": {"description", "omschrijving", "orderdescription", "reference", "referentie", "kenmerk"},
    "order.invoice_date": {"invoicedate", "date", "datum", "factuurdatum"},
    "order.payment_code": {"paymentcode", "paymentmethod", "betaalcode", "betaalwijze", "betaalmethode"},
    "order.currency": {"currency", "currencycode", "valuta", "valutacode"},
    "totals.ex_vat": {"totalexvat", "totalexclvat", "totaalexbtw", "totaalexclbtw"},
    "totals.vat": {"totalvat", "vattotal", "totaalbtw", "btwtotaal", "vatamount", "btwbedrag"},
    "totals.inc_vat": {"totalincvat", "totalinclvat", "totaalincbtw", "totaalinclbtw"},
    "totals.amount_due": {"amountdue", "tebetalen", "openstaand"},
    "debtor.name": {"name", "naam", "company", "companyname", "bedrijf", "bedrijfsnaam", "debtorname"},
    "debtor.contact": {"contact", "contactname", "contactperson", "contactpersoon", "attention", "attentionto", "tav"},
    "debtor.email": {"email", "emailaddress", "mail", "emailadres"},
    "debtor.vat_number": {"vatnumber", "vatno", "vatid", "btwnummer", "btwnr"},
    "address.company": {"company", "companyname", "bedrijf", "bedrijfsnaam"},
    "address.person": {"person", "contact", "contactname", "contactpersoon", "tav"},
    "address.street": {"street", "straat", "address", "addressline1", "adres"},
    "address.street_2": {"street2", "straat2", "address2", "addressline2", "adres2"},
    "address.postcode": {"postcode", "postalcode", "zip", "zipcode"},
    "address.city": {"city", "town", "place", "plaats", "woonplaats"},
    "address.country": {"country", "countrycode", "land", "landcode"},
    "line.description": {"description", "omschrijving", "productname", "artikelomschrijving", "name", "naam"},
    "line.quantity": {"quantity", "qty", "aantal"},
    "line.unit_price": {"priceexvat", "unitpriceexvat", "unitpriceexclvat", "prijsexbtw", "prijsexclbtw"},
    "line.vat_class": {"vatclass", "vatcode", "vattype", "btwcode", "btwklasse", "btwsoort"},
    "line.vat_rate": {"vatrate", "vatpercentage", "vatperc", "btwpercentage", "btwperc", "btwtarief"},
    "line.net": {"net", "netamount", "netto", "nettobedrag", "linetotalexvat", "bedragexbtw"},
    "line.vat": {"vat", "vatamount", "btw", "btwbedrag"},
    "line.gross": {"gross", "grossamount", "bruto", "brutobedrag", "linetotalincvat", "bedraginclbtw"},
}


def pair_paths(ours: Mapping[str, Seen], theirs: Mapping[str, Seen], fields: Mapping[str, str]) -> dict[str, str]:
    """Our path -> their path, for equal paths and for sure renames; `fields` gives the source field of our leaves.

    A leaf is sure when exactly one of their leaves can be it and no other of ours can be that one: by name, by a
    word for its field, or as the only place with e-mail addresses. What holds leaves follows from its leaves.
    """
    pairs = {path: path for path in ours if path in theirs}
    while True:
        found = {**_leaf_pairs(ours, theirs, fields, pairs), **_holder_pairs(ours, theirs, pairs)}
        if not found:
            return pairs
        pairs.update(found)


def _leaf_pairs(
    ours: Mapping[str, Seen], theirs: Mapping[str, Seen], fields: Mapping[str, str], pairs: Mapping[str, str]
) -> dict[str, str]:
    taken = set(pairs.values())
    free = [seen for seen in theirs.values() if seen.leaf and seen.path not in taken]
    candidates: dict[str, list[str]] = {}
    for path, seen in ours.items():
        if seen.leaf and path not in pairs:
            alike = [other for other in free if _alike(seen, fields.get(path, ""), other)]
            # Once it is known where our holder went, only that place counts.
            inside = [other for other in alike if other.parent == pairs.get(seen.parent)]
            candidates[path] = [other.path for other in (inside or alike)]
    claims = [path for found in candidates.values() for path in found]
    return {path: found[0] for path, found in candidates.items() if len(found) == 1 and claims.count(found[0]) == 1}


def _holder_pairs(ours: Mapping[str, Seen], theirs: Mapping[str, Seen], pairs: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, seen in ours.items():
        targets = {theirs[pairs[child]].parent for child in pairs if ours[child].parent == path}
        if path not in pairs and not seen.leaf and len(targets) == 1 and (target := targets.pop()):
            found[path] = target
    taken = [*pairs.values(), *found.values()]
    return {path: target for path, target in found.items() if taken.count(target) == 1}


def _alike(seen: Seen, field: str, other: Seen) -> bool:
    name = _letters(other.name)
    words = _WORDS.get(field.removeprefix("invoice_").removeprefix("delivery_"), set())
    if name == _letters(seen.name) or name in words:
        return True
    return field == "debtor.email" and any(map(_EMAIL.fullmatch, other.values))


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))
