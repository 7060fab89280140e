"""Reads a profile, which says what an aXML file looks like: from TOML to values, or an error naming the wrong key."""

import hashlib
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

import msgspec

from kloppend.books.asperion.axml.layout import Profile, ProfileError
from kloppend.books.asperion.axml.validate import validate

__all__ = ["Profile", "ProfileError", "builtin_names", "builtin_profile", "load_profile", "mark_of"]

LONGEST = 200_000
"""Characters a profile may have; the shipped one has about six thousand."""


def load_profile(text: str, switches: Mapping[str, Any] | None = None) -> Profile:
    """Read and check a profile; `switches` override its own. Raises ProfileError."""
    if len(text) > LONGEST:
        raise ProfileError(f"the profile is longer than {LONGEST} characters")
    try:
        raw = _with_base(tomllib.loads(text))
        raw["switches"] = {**raw.get("switches", {}), **(switches or {})}
        profile = msgspec.convert(raw, Profile)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, TypeError) as error:
        raise ProfileError(f"the profile cannot be read: {error}") from error
    except RecursionError as error:
        raise ProfileError("the profile is nested too deeply") from error
    validate(profile)
    return profile


_INHERITED = ("namespace", "switches", "vat", "tables", "tree")


def _with_base(raw: dict[str, Any]) -> dict[str, Any]:
    """What a profile does not say it takes from the built-in one it is `based_on`; never name, note and verified."""
    if "based_on" not in raw:
        return raw
    base = tomllib.loads(builtin_profile(str(raw["based_on"])))
    inherited = {key: base[key] for key in _INHERITED if key in base}
    own = {key: value for key, value in raw.items() if key != "based_on"}
    switches = {**inherited.get("switches", {}), **own.get("switches", {})}
    return {**inherited, **own, "switches": switches}


def builtin_profile(name: str) -> str:
    """The TOML of a profile that ships with the product. Raises ProfileError when there is none of that name."""
    if name not in builtin_names():
        raise ProfileError(f"there is no profile {name!r}; built in are: {', '.join(builtin_names())}")
    return resources.files(__package__).joinpath("profiles", f"{name}.toml").read_text(encoding="utf-8")


def builtin_names() -> list[str]:
    """The profiles that ship with the product."""
    folder = resources.files(__package__).joinpath("profiles")
    return sorted(file.name.removesuffix(".toml") for file in folder.iterdir())


def mark_of(profile: Profile) -> str:
    """A hash of everything that can be seen in a file: equal marks, equal layouts.

    What class 0 stands for is left out: that says something of an administration, not of the layout.
    """
    switches = msgspec.structs.replace(profile.switches, zero_class_means="")
    seen = msgspec.structs.replace(profile, name="", note="", verified=False, verified_by="", switches=switches)
    return hashlib.sha256(msgspec.json.encode(seen, order="deterministic")).hexdigest()
