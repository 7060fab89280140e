"""Money is a Decimal made from a string; it is rounded to cents here and nowhere else."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor

CENT = Decimal("0.01")
ZERO = Decimal(0)

_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)


def parse_amount(text: object) -> Decimal:
    """Read a decimal string as databases write it: `"-12.5000"`. No exponent, no thousands separator, no NaN.

    Raises ValueError for anything else.
    """
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise ValueError(f"not a decimal amount: {text!r:.40}")
    return Decimal(text)


def round2(amount: Decimal | Fraction) -> Decimal:
    """To whole cents, half away from zero, so that a credit note mirrors its invoice (bookkeeping 1.7)."""
    cents = floor(abs(Fraction(amount)) * 100 + Fraction(1, 2))
    return _from_cents(-cents if amount < 0 else cents)


def apportion(total: Decimal, weights: Sequence[Decimal | Fraction]) -> tuple[Decimal, ...]:
    """Cents for each weight, together exactly `total` (itself whole cents). Bookkeeping 5.3.

    Each weight is rounded down to cents; the cents still missing go, one each, to the largest remainders, and cents
    too many are taken from the smallest. Of equal remainders the earlier weight comes first, so the caller's order
    decides ties. Weights may be fractions: a third of a coupon has no exact decimal. Raises ValueError when there is
    an amount and nothing to apportion it over.
    """
    if not weights:
        if total:
            raise ValueError("there is nothing to apportion the amount over")
        return ()
    exact = [Fraction(weight) * 100 for weight in weights]
    shares = [floor(weight) for weight in exact]
    missing = int(total / CENT) - sum(shares)
    by_remainder = sorted(range(len(exact)), key=lambda i: shares[i] - exact[i])
    if missing < 0:
        by_remainder.reverse()
    each, extra = divmod(abs(missing), len(exact))
    sign = 1 if missing > 0 else -1
    for position, index in enumerate(by_remainder):
        shares[index] += sign * (each + (1 if position < extra else 0))
    return tuple(_from_cents(share) for share in shares)


def _from_cents(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2)
