"""Whether a VAT number can exist at all: length, form and check digits, by the rules of its country (python-stdnum)."""

from stdnum.eu import vat


def check_digits_fit(number: str) -> bool:
    """Of a normalised number: two letters (EL for Greece, XI for Northern Ireland) and what its country gave out.

    Says nothing of whether the number is in use: that is for VIES to say.
    """
    return bool(vat.is_valid(number))
