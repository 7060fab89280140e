"""What a merchant fills in before there is a connection. It may be wrong in every way: the checks say how."""

import hashlib
from pathlib import Path
from typing import Any

import msgspec

from kloppend.records.models import Connection
from kloppend.shops.port import ShopAccess

SECRET_FIELDS = ("api_key", "licence_key")
"""Never shown, logged or written to a file of answers."""


class Draft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A connection as filled in; `settings` has the keys of `sync.choices.Choices`, unread.

    `administration` is how the books name the administration: for Asperion its licence code. A payment code that maps
    to an empty text is one the merchant left open on purpose.
    """

    name: str = ""
    merchant: str = ""
    shop_kind: str = "opencart"
    shop_address: str = ""
    api_key: str = ""
    licence_key: str = ""
    books_kind: str = "asperion_axml"
    administration: str = ""
    settings: dict[str, Any] = {}

    def __repr__(self) -> str:
        return f"Draft({self.name!r}, {self.shop_address!r})"

    def __rich_repr__(self) -> Any:
        """Also for screens: no secrets."""
        yield self.name
        yield self.shop_address

    @property
    def access(self) -> ShopAccess:
        """What is needed to speak to the shop."""
        return ShopAccess(
            address=self.shop_address,
            api_key=self.api_key,
            licence_key=self.licence_key,
            vat_number_field=str(self.settings.get("vat_number_field", "")),
        )

    def with_books(self, kind: str, administration: str | None = None) -> "Draft":
        """A copy for this channel. What the others had is kept with it, for who changes back.

        `administration` not given: as it was when this channel was last used.
        """
        settings, kept = dict(self.settings), dict(self.settings.get("books_before") or {})
        label = self.administration
        if kind != self.books_kind:
            kept[self.books_kind] = {"administration": label, "options": settings.get("books_options") or {}}
            before = kept.pop(kind, {})
            label, settings["books_options"] = before.get("administration", ""), before.get("options", {})
            settings["books_before"] = kept
        label = label if administration is None else administration
        return self.changed(books_kind=kind, administration=label, settings=settings)

    def changed(self, **fields: Any) -> "Draft":
        """A copy with other values."""
        return msgspec.structs.replace(self, **fields)

    def with_settings(self, **settings: Any) -> "Draft":
        """A copy with these settings changed or added."""
        return self.changed(settings={**self.settings, **settings})


def mark_of(connection: Connection) -> str:
    """A hash of what a settings page shows, so that it can tell whether somebody saved meanwhile. Without secrets."""
    return hashlib.sha256(answers_without_secrets(draft_of(connection))).hexdigest()


class AnswersError(ValueError):
    """A file of answers cannot be read; the message says where, without repeating what stands there."""


def draft_of(connection: Connection) -> Draft:
    """The draft that would make this connection."""
    return Draft(
        name=connection.name,
        merchant=connection.merchant.name,
        shop_kind=connection.shop_kind,
        shop_address=connection.shop_address,
        api_key=connection.api_key,
        licence_key=connection.licence_key,
        books_kind=connection.administration.kind,
        administration=connection.administration.label,
        settings=dict(connection.settings),
    )


def read_answers(path: Path) -> Draft:
    """A draft from a JSON file. Raises AnswersError."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Draft)
    except OSError as error:
        raise AnswersError(f"{path}: {error.strerror}") from None
    except msgspec.MsgspecError as error:
        raise AnswersError(f"{path}: {error}") from None


def answers_without_secrets(draft: Draft) -> bytes:
    """The draft as a file of answers, secrets left out, so that it can be filled in and used again."""
    return msgspec.json.format(msgspec.json.encode(draft.changed(**dict.fromkeys(SECRET_FIELDS, ""))), indent=2)
