"""Our own mark in the description of every invoice that we book: short, unique, and never part of another one."""

import hashlib
import re

_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # nothing that is mistaken for something else
_MARK_LENGTH = 6
_NUMBER = re.compile(r"[A-Za-z0-9_]{1,40}", re.ASCII)
_REFERENCE = re.compile(rf"#[{_ALPHABET}]{{{_MARK_LENGTH}}}-[A-Za-z0-9_-]+\.")


def can_be_marked(order_number: str) -> bool:
    """Whether a reference can be made of it: other signs would blur its ends."""
    return _NUMBER.fullmatch(order_number) is not None


def reference_of(shop: str, order_number: str, credit: int = 0, invoice: int = 1) -> str:
    """`#K7F3QX-1042.`, and for the second credit note on it `#K7F3QX-1042-C2.`; `shop` is the shop's own random name.

    `invoice` counts the invoices of an order that went out: one made after the first was credited in full is another
    document, `#K7F3QX-1042-F2.`.

    Both ends are marked, so that books which search by "contains" never find order 1042 when asked for 104. Raises
    ValueError for an order number that would blur the ends.
    """
    if not can_be_marked(order_number):
        raise ValueError(f"not an order number to make a reference of: {order_number!r:.50}")
    number = int.from_bytes(hashlib.sha256(shop.encode()).digest())
    mark = "".join(_ALPHABET[number // 32**place % 32] for place in range(_MARK_LENGTH))
    part = f"-C{credit}" if credit else f"-F{invoice}" if invoice > 1 else ""
    return f"#{mark}-{order_number}{part}."


def reference_in(description: str) -> str:
    """The reference in a description; empty when there is none, or more than one."""
    found = _REFERENCE.findall(description)
    return found[0] if len(found) == 1 else ""
