"""Who buys what: the orders that every store gets, and what must become of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.stores.furnish import (
    BELGIUM,
    BOOK,
    CABLE,
    CERTIFICATE,
    EVERYTHING_FREE,
    FIXED,
    FREE_SHIPPING,
    GUITAR,
    NETHERLANDS,
    PERCENT,
    SCREW,
)
from tests.stores.furnish_more import CHEAPER, DEARER, FOR_BOOKS, FOR_CATEGORY
from tests.stores.release import Release

REFUNDED, PROCESSING, COMPLETE = "11", "2", "5"
FEE_ROW = "cod_fee"
"""A total of an extension that OpenCart does not bring; the connection says that it is a charge."""


@dataclass(frozen=True, slots=True)
class Customer:
    """A person, perhaps of a company; who `registers` makes an account while ordering."""

    name: tuple[str, str] = ("Jan", "Jansen")
    email: str = "jan@example.nl"
    company: str = ""
    vat_number: str = ""
    country: int = NETHERLANDS
    zone: int = 2329
    registers: bool = False

    @property
    def full_name(self) -> str:
        """As it stands on an invoice that is not for a company."""
        return " ".join(self.name)

    def fields(self) -> dict[str, str]:
        """The fields of OpenCart's forms, without the VAT number."""
        return {
            "customer_group_id": "1",
            "firstname": self.name[0],
            "lastname": self.name[1],
            "email": self.email,
            "telephone": "0201234567",
            "company": self.company,
            "address_1": "Dorpsstraat 1",
            "address_2": "",
            "city": "Ons Dorp",
            "postcode": "1234 AB",
            "country_id": str(self.country),
            "zone_id": str(self.zone),
        }


@dataclass(frozen=True, slots=True)
class Purchase:
    """One visit to the shop. `invoiced`: it must become an invoice; else one of the codes `refusals` must say why not.

    With `refusals` an invoice is right too, when its figures are; with neither there must be none.

    `credit` and `points` of the new account are spent; with `fee_row` a foreign total is added.
    `status` is what the shopkeeper sets afterwards; `edited`: the shopkeeper then adds a product in the admin.
    """

    what: str
    basket: Sequence[tuple[int, int]]
    customer: Customer = Customer()
    payment: str = "cod"
    coupon: str = ""
    certificate: str = ""
    buys_certificate: bool = False
    currency: str = "EUR"
    confirmed: bool = True
    status: str = ""
    edited: bool = False
    credit: str = ""
    points: int = 0
    fee_row: bool = False
    second_store: bool = False
    invoiced: bool = True
    refusals: frozenset[str] = frozenset()


_COMPANY = Customer(("Els", "de Vries"), "els@bedrijf.example.nl", "De Vries & Zn. BV", "NL123456782B12")
_BELGIAN = Customer(("Luc", "Peeters"), "luc@bedrijf.example.be", "Peeters BV", "BE0403019261", BELGIUM, 339)
_SAM = Customer(('Sam "Sammie"', "de Wit \U0001f600 <b>"), "sam@example.nl")
_ACCOUNT = Customer(("Kees", "Klant"), "krediet@example.nl", registers=True)
_ABROAD = frozenset(
    {"TREATMENT_NOT_YET_SUPPORTED", "VAT_NUMBER_NOT_CHECKED", "VAT_NUMBER_UNVERIFIED", "VAT_CODE_NOT_MAPPED"}
)
"""An intra-Community supply: held until its VAT number was checked, or because the layout has no class for it."""


PURCHASES: tuple[Purchase, ...] = (
    Purchase("guest, one rate", [(GUITAR, 1)]),
    Purchase("guest, two rates", [(GUITAR, 1), (BOOK, 3)]),
    Purchase("registers, two rates, many pieces", [(CABLE, 7), (BOOK, 11)],
             Customer(("Zoë", "O'Brien & <Söhne>"), "zoe@example.nl", registers=True)),
    Purchase("coupon of 10%", [(GUITAR, 1), (BOOK, 2)], coupon=PERCENT),
    Purchase("coupon of 5 euro", [(CABLE, 3), (BOOK, 2)], coupon=FIXED),
    Purchase("coupon for free shipping", [(BOOK, 4)], coupon=FREE_SHIPPING),
    Purchase("Dutch company with VAT number", [(GUITAR, 2), (CABLE, 1)], _COMPANY),
    Purchase("Belgian company with VAT number", [(GUITAR, 1)], _BELGIAN, invoiced=False, refusals=_ABROAD),
    Purchase("in dollars", [(GUITAR, 1), (BOOK, 1)], currency="USD", invoiced=False,
             refusals=frozenset({"MULTI_CURRENCY"})),
    Purchase("pays in part with a gift certificate", [(BOOK, 5), (CABLE, 1)], certificate=CERTIFICATE),
    Purchase("buys a gift certificate too", [(BOOK, 1)], buys_certificate=True, invoiced=False,
             refusals=frozenset({"VAT_CODE_NOT_MAPPED"})),
    Purchase("hundreds of pieces of 4 cents", [(SCREW, 317), (BOOK, 13)]),
    Purchase("everything free by coupon", [(CABLE, 1)], coupon=EVERYTHING_FREE, payment="free_checkout",
             invoiced=False, refusals=frozenset({"ZERO_TOTAL"})),
    Purchase("edited in the admin", [(BOOK, 2)], edited=True),
    Purchase("completed by the shopkeeper", [(CABLE, 2)], status=COMPLETE),
    Purchase("refunded before it was booked", [(BOOK, 1)], status=REFUNDED, invoiced=False),
    Purchase("fee for a small order", [(SCREW, 100)]),
    Purchase("handling", [(GUITAR, 2), (BOOK, 1)]),
    Purchase("coupon for one product", [(GUITAR, 1), (BOOK, 3)], coupon=FOR_BOOKS),
    Purchase("coupon for a category", [(CABLE, 2), (BOOK, 3)], coupon=FOR_CATEGORY),
    Purchase("options that cost more and less", [(DEARER, 2), (CHEAPER, 3), (BOOK, 2)]),
    Purchase("pays in part with store credit", [(BOOK, 3)], _ACCOUNT, credit="7.5000"),
    Purchase("spends reward points", [(GUITAR, 1), (BOOK, 2)], replace(_ACCOUNT, email="punt@example.nl"), points=150),
    Purchase("in the second store", [(CABLE, 3), (BOOK, 2)], second_store=True),
    Purchase("a total of a third party", [(CABLE, 4)], fee_row=True),
    Purchase("a name with an emoji", [(BOOK, 6)], _SAM),
    Purchase("never confirmed", [(CABLE, 1)], confirmed=False, invoiced=False),
)  # fmt: skip

UNTAXED_SHIPPING = Purchase(
    "shipping that the store charges no VAT on", [(GUITAR, 1)], invoiced=False,
    refusals=frozenset({"SHIPPING_WITHOUT_VAT"}),
)  # fmt: skip
"""Placed in 4.0.0 and 4.0.1 as they came, before their mistake is mended for the others."""


def purchases_for(release: Release) -> list[Purchase]:
    """The purchases that this version can do: certificates went with 4.1, and 2.2's page that sells them is broken.

    2.0.0.0 and 4.0 offer their method for free orders by what the basket costs before coupons, so there another one
    is chosen.
    """
    numbers = release.numbers
    known = list(PURCHASES)
    # Adding a product in the admin needs PHP 5 there, and is not known here of 4.0.0 and 4.0.1.
    if numbers < (1, 5, 6, 4) or (4,) <= numbers < (4, 0, 2):
        known = [replace(one, edited=False) for one in known]
    if (4, 0, 2) <= numbers < (4, 0, 2, 2):  # its order editor loses the payment method
        lost = frozenset({"PAYMENT_METHOD_NOT_MAPPED"})
        known = [replace(one, invoiced=False, refusals=lost) if one.edited else one for one in known]
    if numbers >= (4, 1):
        known = [one for one in known if not one.certificate]
    if numbers >= (4, 1) or (2, 2) <= numbers < (2, 3):
        known = [one for one in known if not one.buys_certificate]
    if (4,) <= numbers < (4, 1) or numbers == (2, 0, 0, 0):
        known = [replace(one, payment="cod") for one in known]
    return known
