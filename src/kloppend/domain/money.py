"""Money is a Decimal made from a string; it is rounded to cents here and nowhere else."""

import re
from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal(0)

_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,10})?", re.ASCII)


def parse_amount(text: str) -> Decimal:
    """Read a decimal string as databases write it: `"-12.5000"`. No exponent, no thousands separator, no NaN.

    Raises ValueError for anything else.
    """
    if not isinstance(text, str) or not _AMOUNT.fullmatch(text):
        raise ValueError(f"not a decimal amount: {text!r:.40}")
    return Decimal(text)


def round2(amount: Decimal) -> Decimal:
    """To whole cents, half away from zero, so that a credit note mirrors its invoice (bookkeeping 1.7)."""
    rounded = amount.quantize(CENT, rounding=ROUND_HALF_UP)
    return rounded if rounded else CENT * 0  # never a negative zero


def apportion(total: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Cents for each weight, together exactly `total` (itself whole cents). Bookkeeping 5.3.

    Each weight is rounded down to cents; the cents still missing go, one each, to the largest remainders, and cents
    too many are taken from the smallest. Of equal remainders the earlier weight comes first, so the caller's order
    decides ties.
    """
    if not weights:
        if total:
            raise ValueError("there is nothing to apportion the amount over")
        return ()
    floors = [weight.quantize(CENT, rounding=ROUND_FLOOR) for weight in weights]
    missing = int(((total - sum(floors, ZERO)) / CENT).quantize(Decimal(1), rounding=ROUND_DOWN))
    by_remainder = sorted(range(len(weights)), key=lambda i: floors[i] - weights[i])
    if missing < 0:
        by_remainder.reverse()
    each, extra = divmod(abs(missing), len(weights))
    sign = 1 if missing > 0 else -1
    shares = list(floors)
    for position, index in enumerate(by_remainder):
        shares[index] += sign * CENT * (each + (1 if position < extra else 0))
    return tuple(shares)
