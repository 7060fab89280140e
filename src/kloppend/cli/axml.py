"""`kloppend axml`: compare an aXML profile with a sample of the real format. Needs no database and no network."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kloppend.books.asperion.axml.calibrate import Calibration, calibrate
from kloppend.books.asperion.axml.channel import DEFAULT_PROFILE
from kloppend.books.asperion.axml.profile import Profile, ProfileError, builtin_profile, load_profile
from kloppend.books.asperion.axml.schema import schema_errors
from kloppend.books.xml_reading import LARGEST, UnreadableXmlError
from kloppend.domain.problems import Refused

app = typer.Typer(name="axml", help="Asperion's aXML order files: compare our layout with an official sample.")

EQUAL, DIFFERENT, UNREADABLE = 0, 1, 2
_UNVERIFIED = re.compile(r"^verified\s*=\s*false\b.*$", re.MULTILINE)
ONLY_A_PERSON = (
    "Only a person can mark a profile verified, after Asperion's helpdesk has checked a file: kloppend axml verify."
)


@app.callback()
def axml() -> None:
    """Asperion's aXML order files."""


@app.command("calibrate")
def calibrate_command(
    sample: Annotated[Path, typer.Argument(help="Asperion's sample XML, from the page 'webshop import' of its help.")],
    profile: Annotated[str, typer.Option(help="A built-in profile, or a TOML file of your own.")] = DEFAULT_PROFILE,
    xsd: Annotated[Path | None, typer.Option(help="An XML Schema of the real format, if you have one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """List what differs. Exit status: 0 nothing differs, 1 something does, 2 the sample or profile is unreadable."""
    try:
        chosen = _profile(profile)
        found = calibrate(chosen, _read(sample))
        against = schema_errors(chosen, _read(xsd)) if xsd else ()
    except (OSError, UnicodeDecodeError, ProfileError, UnreadableXmlError, Refused) as error:
        why = f"the example orders: {error.problem.text('en').cause}" if isinstance(error, Refused) else str(error)
        typer.echo(json.dumps({"error": why}) if as_json else f"Cannot compare: {why}", err=not as_json)
        raise typer.Exit(UNREADABLE) from error
    if as_json:
        schema = {"schema": against} if xsd else {}
        typer.echo(json.dumps({"equal": found.equal, "verified": chosen.verified, **asdict(found), **schema}, indent=1))
    else:
        typer.echo("\n".join([*_section("The schema says", against), *_report(found)]))
    raise typer.Exit(EQUAL if found.equal and not against else DIFFERENT)


@app.command("verify")
def verify_command(
    profile: Annotated[Path, typer.Argument(help="Your own profile, a TOML file with verified = false.")],
    sample: Annotated[Path, typer.Argument(help="The official sample it was compared with.")],
    by: Annotated[str, typer.Option(help="Who vouches for it: somebody saw Asperion take a file made with it.")],
) -> None:
    """Mark a profile verified, in the name of a person. Refused while anything differs from the sample."""
    try:
        marked = _marked_verified(profile, sample, by)
        profile.write_text(marked, encoding="utf-8")
    except (OSError, UnicodeDecodeError, ProfileError, UnreadableXmlError, Refused) as error:
        typer.echo(f"Not verified: {error}", err=True)
        raise typer.Exit(DIFFERENT) from error
    typer.echo(f"{profile} is verified, by {by}. Files made with it lose the warning from now on.")


def _marked_verified(profile: Path, sample: Path, by: str) -> str:
    """The profile's text with the mark. Raises ProfileError when nobody vouches for it, or it differs."""
    if not by.strip():
        raise ProfileError("somebody has to vouch for it")
    if not calibrate(_profile(str(profile)), _read(sample)).equal:
        raise ProfileError("it differs from the sample; see kloppend axml calibrate")
    mark = f"verified = true\nverified_by = {json.dumps(by, ensure_ascii=False)}"
    marked, count = _UNVERIFIED.subn(lambda _: mark, profile.read_text(encoding="utf-8"))
    if count != 1:
        raise ProfileError("it needs exactly one line verified = false")
    load_profile(marked)
    return marked


def _profile(name: str) -> Profile:
    path = Path(name)
    text = path.read_text(encoding="utf-8") if path.suffix == ".toml" else builtin_profile(name)
    return load_profile(text)


def _read(sample: Path) -> bytes:
    # One byte more than is allowed, so that a file of any size costs no more than that.
    with sample.open("rb") as file:
        return file.read(LARGEST + 1)


def _report(found: Calibration) -> Iterator[str]:
    if found.equal:
        yield "Nothing differs: the profile has the paths, the order and the formats of the sample."
    yield from _section("In the sample, not in the profile", found.missing)
    yield from _section("In the profile, not in the sample", found.extra)
    yield from _section("Sure renames", [f"{rename.ours}  ->  {rename.sample}" for rename in found.renames])
    orders = [
        f"{o.path}: the sample has {', '.join(p.rpartition('/')[2] for p in o.sample)}" for o in found.out_of_order
    ]
    yield from _section("In another order", orders)
    yield from _section("In another format", [f"{o.path}: {o.ours}  ->  {o.sample}" for o in found.formats])
    codes = [f"{c.path} ({c.field}): {', '.join(c.sample)}" for c in found.codes]
    yield from _section("Codes in the sample (see the profile's tables)", codes)
    yield ONLY_A_PERSON


def _section(title: str, rows: Sequence[str]) -> Iterator[str]:
    if rows:
        yield f"{title}:"
        yield from (f"  {row}" for row in rows)
        yield ""
