"""Who sends the invoices: an e-invoice names its seller in full, where a package's own format leaves that to it."""

import msgspec

from kloppend.books.port import BooksSettings


class Seller(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The shopkeeper's company. `coc_number` is the KvK number."""

    name: str
    street: str
    postcode: str
    city: str
    country: str = "NL"
    vat_number: str
    coc_number: str
    iban: str


class UblSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`payment_means`: the UNCL 4461 code per payment code of the books; 30 is a transfer, 48 a card, 57 agreed."""

    seller: Seller
    payment_means: dict[str, str] = {}


def ubl_settings(settings: BooksSettings) -> UblSettings:
    """Read the merchant's options strictly. Raises ValueError that says what is wrong."""
    try:
        found = msgspec.convert(dict(settings.options), UblSettings)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
    empty = [name for name in Seller.__struct_fields__ if not getattr(found.seller, name).strip()]
    if empty:
        raise ValueError(f"seller.{empty[0]}: must not be empty")
    return found
