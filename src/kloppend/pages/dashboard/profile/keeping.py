"""The layout of a connection's files for Asperion: which one is used, a layout of one's own, and who vouches for it."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from kloppend.books.asperion.axml import AxmlBooks
from kloppend.books.asperion.axml.calibrate import calibrate
from kloppend.books.asperion.axml.channel import DEFAULT_PROFILE
from kloppend.books.asperion.axml.layout import Profile, ProfileError
from kloppend.books.asperion.axml.profile import mark_of
from kloppend.books.port import BooksSettings
from kloppend.records.models import Connection, LayoutVerified, vouched_layouts

KIND = "asperion_axml"
OWN = "custom"
"""How a layout of one's own is called where built-in ones have their names."""
_SAYS_VERIFIED = re.compile(r"^(verified\s*=\s*)true\b", re.MULTILINE)


def options_of(connection: Connection) -> dict[str, Any]:
    """The options of the books as stored."""
    options = connection.settings.get("books_options")
    return dict(options) if isinstance(options, Mapping) else {}


def chosen_name(connection: Connection) -> str:
    """The built-in layout that is used, or OWN."""
    options = options_of(connection)
    return OWN if options.get("profile_toml") else str(options.get("profile") or DEFAULT_PROFILE)


def books_with(connection: Connection, options: Mapping[str, Any]) -> AxmlBooks:
    """The books as they would be with these options. Raises ProfileError."""
    label, vouched = connection.administration.label, vouched_layouts(connection)
    try:
        return AxmlBooks(BooksSettings(administration=label, options=options, vouched=vouched))
    except TypeError as error:
        raise ProfileError(f"the options of the books cannot be read: {error}") from error


def with_layout(connection: Connection, name: str, text: str = "") -> dict[str, Any]:
    """The options with another layout; switches that the settings override stay."""
    kept = {key: value for key, value in options_of(connection).items() if key not in ("profile", "profile_toml")}
    return kept | ({"profile_toml": unverified(text)} if name == OWN else {"profile": name})


def unverified(text: str) -> str:
    """A layout's text that does not call itself verified: that is said by somebody, with a sample, and kept."""
    return _SAYS_VERIFIED.sub(r"\1false", text.replace("\r\n", "\n"))


def use_layout(connection: Connection, name: str, text: str = "") -> Profile:
    """Put a layout in force from the next file on; files that were made stay as they are. Raises ProfileError."""
    with transaction.atomic():
        fresh = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        options = with_layout(fresh, name, text)
        books = books_with(fresh, options)
        if name == OWN and (books.profile.verified and mark_of(books.profile) not in vouched_layouts(fresh)):
            raise ProfileError("verified: write verified = false; who verified it is said on this page, with a sample")
        fresh.settings = {**fresh.settings, "books_options": options}
        fresh.own_layout = options.get("profile_toml", fresh.own_layout)
        fresh.save(update_fields=["settings", "own_layout"])
    return books.profile


def vouch(connection: Connection, mark: str, sample: bytes, at: datetime, by: str) -> LayoutVerified:
    """Somebody says that the layout is right, with the official sample in hand.

    `mark`: of the layout that was looked at. Raises ProfileError when the layout is another by now or differs from the
    sample, UnreadableXmlError for a sample that cannot be read, Refused when the layout carries no example.
    """
    with transaction.atomic():
        fresh = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        profile = books_with(fresh, options_of(fresh)).profile
        if mark_of(profile) != mark:
            raise ProfileError("the layout was changed meanwhile: look at it again")
        if not calibrate(profile, sample).equal:
            raise ProfileError("the layout differs from this sample: compare them first")
        said, _new = LayoutVerified.objects.get_or_create(
            connection=fresh,
            mark=mark,
            withdrawn_at=None,
            defaults={"name": profile.name, "sample_sha256": hashlib.sha256(sample).hexdigest(), "at": at, "by": by},
        )
    return said


def take_back(connection: Connection, at: datetime, by: str) -> None:
    """The layout in use counts as unverified again, whoever said it was right."""
    with transaction.atomic():
        fresh = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        options = options_of(fresh)
        mark = mark_of(books_with(fresh, options).profile)
        fresh.layouts_verified.filter(mark=mark, withdrawn_at=None).update(withdrawn_at=at, withdrawn_by=by)
        if options.get("profile_toml"):  # one that `kloppend axml verify` marked says it of itself
            options["profile_toml"] = unverified(options["profile_toml"])
            fresh.settings = {**fresh.settings, "books_options": options}
            fresh.save(update_fields=["settings"])
