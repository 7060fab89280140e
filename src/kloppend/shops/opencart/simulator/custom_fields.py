"""Custom fields as the versions store them: PHP-serialized, JSON, JSON within JSON, flat or nested by location."""

import json
import re

_SCALAR = re.compile(rb"i:(-?\d+);|b:([01]);|d:([^;]+);|N;()")
_STRING = re.compile(rb's:(\d+):"')
_ARRAY = re.compile(rb"a:(\d+):\{")

Value = str | dict[str, "Value"]


def custom_fields(text: str | None) -> dict[str, str]:
    """Field id -> value. Whatever cannot be read, and values that are not one text, are left out."""
    found = _decoded(text or "")
    flat: dict[str, str] = {}
    for name, value in found.items() if isinstance(found, dict) else ():
        if isinstance(value, dict):  # 4.0.2: nested by location
            flat.update({inner: text for inner, text in value.items() if isinstance(text, str)})
        else:
            flat[name] = value
    return {name: value for name, value in flat.items() if name.isdecimal() and value}


def _decoded(text: str) -> Value:
    if text.startswith("a:"):
        try:
            return _Unserializer(text.encode("utf-8")).value()
        except (ValueError, RecursionError):
            return ""
    try:
        raw = json.loads(text)
        raw = json.loads(raw) if isinstance(raw, str) else raw  # 4.0.2 encodes a known customer's fields twice
    except (ValueError, RecursionError):
        return ""
    return _plain(raw)


def _plain(raw: object) -> Value:
    if isinstance(raw, dict):
        return {str(name): _plain(value) for name, value in raw.items()}
    return str(raw) if isinstance(raw, str | int) else ""


class _Unserializer:
    """Reads arrays, strings and numbers of PHP's serialize(); no objects, so nothing is ever run."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._at = 0

    def value(self) -> Value:
        if array := self._take(_ARRAY):
            found = {str(self.value()): self.value() for _ in range(min(int(array[1]), 1000))}
            self._expect(b"}")
            return found
        if string := self._take(_STRING):
            start, self._at = self._at, self._at + int(string[1])
            self._expect(b'";')
            return self._text[start : self._at - 2].decode("utf-8", "replace")
        if scalar := self._take(_SCALAR):
            return b"".join(part for part in scalar.groups() if part).decode("ascii")
        raise ValueError("not serialized by PHP")

    def _take(self, pattern: re.Pattern[bytes]) -> re.Match[bytes] | None:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found

    def _expect(self, mark: bytes) -> None:
        if self._text[self._at : self._at + len(mark)] != mark:
            raise ValueError("not serialized by PHP")
        self._at += len(mark)
