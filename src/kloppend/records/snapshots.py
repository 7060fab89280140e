"""Domain values as JSON and back, for the side rows that hold them."""

from typing import TypeVar

import msgspec

Value = TypeVar("Value")


def dump(value: object) -> bytes:
    """A frozen domain value as JSON; decimals stay strings."""
    return msgspec.json.encode(value)


def load(content: bytes | memoryview, kind: type[Value]) -> Value:
    """The value again, of exactly this kind."""
    return msgspec.json.decode(bytes(content), type=kind)
