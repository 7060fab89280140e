"""A sample (and perhaps a schema) that a visitor uploads, beside the layout: read within bounds, kept nowhere."""

from dataclasses import dataclass
from typing import IO

from kloppend.books.asperion.axml.calibrate import Calibration, Rename, calibrate
from kloppend.books.asperion.axml.profile import Profile, ProfileError, load_profile
from kloppend.books.asperion.axml.renaming import renamed
from kloppend.books.asperion.axml.schema import schema_errors
from kloppend.books.asperion.axml.writing import profile_text
from kloppend.books.xml_reading import LARGEST, UnreadableXmlError


@dataclass(frozen=True, slots=True)
class Compared:
    """What differs; `sample` is None when only a schema was given, `schema` None without one."""

    sample: Calibration | None
    schema: tuple[str, ...] | None

    @property
    def equal(self) -> bool:
        """Whether nothing differs from anything that was given."""
        return not self.schema and (self.sample is None or self.sample.equal)


def compare(profile: Profile, sample: IO[bytes] | None, schema: IO[bytes] | None) -> Compared:
    """Raises UnreadableXmlError, also when nothing was given, and Refused when the layout carries no example."""
    if not sample and not schema:
        raise UnreadableXmlError("no file was chosen")
    return Compared(
        calibrate(profile, content_of(sample)) if sample else None,
        schema_errors(profile, content_of(schema)) if schema else None,
    )


def content_of(upload: IO[bytes] | None) -> bytes:
    """The bytes, one more than is allowed at most, so that the reader can say no. Nothing is stored."""
    return upload.read(LARGEST + 1) if upload else b""


def with_renames(profile: Profile, ours: list[str], theirs: list[str]) -> str:
    """The text of the layout with these names. Raises ProfileError when that makes a layout that cannot work."""
    if len(ours) != len(theirs) or not ours:
        raise ProfileError("there is nothing to rename")
    text = profile_text(renamed(profile, map(Rename, ours, theirs)))
    load_profile(text)
    return text
