"""Reads the catalogue: one TOML file beside this module per place where things go wrong."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from string import Formatter
from types import MappingProxyType
from typing import Any, Literal, get_args

from kloppend.domain.wording import Language

Kind = Literal["refusal", "hold", "warning", "fault"]
Actor = Literal["merchant", "operator", "shop_developer", "nobody"]


@dataclass(frozen=True, slots=True)
class Text:
    """Cause and fix in one language; `{names}` are filled from a problem's detail."""

    cause: str
    fix: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One code: its kind, who has to act, whether it is tried again by itself, the file it stands in, and the texts.

    refusal: this order is not booked until somebody acts. hold: not booked now, tried again by itself.
    warning: booked, and shown. fault: not about one order but about a shop, a file or a setting.
    """

    code: str
    area: str
    kind: Kind
    act: Actor
    retried: bool
    texts: Mapping[Language, Text]

    @property
    def placeholders(self) -> frozenset[str]:
        """The names that a problem with this code must give in its detail."""
        texts = [part for text in self.texts.values() for part in (text.cause, text.fix)]
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)


def _entry(code: str, area: str, raw: dict[str, Any]) -> Entry:
    texts = {language: Text(**raw.pop(language)) for language in get_args(Language)}
    entry = Entry(code=code, area=area, texts=MappingProxyType(texts), **raw)
    if entry.kind not in get_args(Kind) or entry.act not in get_args(Actor):
        raise ValueError(f"{code}: unknown kind or actor")
    return entry


def _load() -> Mapping[str, Entry]:
    entries: dict[str, Entry] = {}
    for file in sorted(resources.files(__package__).iterdir(), key=lambda f: f.name):
        if file.name.endswith(".toml"):
            area = file.name.removesuffix(".toml")
            for code, raw in tomllib.loads(file.read_text(encoding="utf-8")).items():
                if code in entries:
                    raise ValueError(f"{code} stands in {area} and in {entries[code].area}")
                entries[code] = _entry(code, area, raw)
    return MappingProxyType(entries)


CATALOGUE: Mapping[str, Entry] = _load()
