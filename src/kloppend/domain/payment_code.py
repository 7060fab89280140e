"""Shops name a payment method by a code with variants: `mollie` stands for `mollie.ideal` and `mollie_ideal` too."""

from collections.abc import Iterable


def longest_prefix(payment_code: str, prefixes: Iterable[str]) -> str | None:
    """The longest of the prefixes that this code is, or is a variant of; None when there is none.

    A variant goes on with `.` or `_`: `cod` matches `cod.cod` and not `codx`. An empty prefix matches nothing.
    """
    matching = [
        prefix
        for prefix in prefixes
        if prefix and (payment_code == prefix or payment_code.startswith((f"{prefix}.", f"{prefix}_")))
    ]
    return max(matching, key=len, default=None)
