"""What the steps ask of a bookkeeping package that takes files. A package is a folder plus one line in the registry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHeading:
    """What a file says of itself. `number` counts a connection's files from 1 and is never used twice."""

    administration: str
    shop_name: str
    business_date: date
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedFile:
    """The finished file: from here on bytes are stored and copied, never made again."""

    name: str
    content: bytes
    notes: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BooksSettings:
    """The merchant's choices for this package; `options` are the package's own (profile, tables ...)."""

    administration: str
    options: Mapping[str, Any] = field(default_factory=dict)


class FileBooks(Protocol):
    """Books that take invoices as files. Nothing here touches a disk, the network or the clock."""

    @property
    def verified(self) -> bool:
        """Whether a person has compared the layout with an official sample of the package."""
        ...

    def cannot_carry(self, document: Document) -> Problem | None:
        """The reason why this channel cannot express the document; None when it can."""
        ...

    def render(self, heading: FileHeading, documents: Sequence[Document]) -> RenderedFile:
        """Make one file of documents that can all be carried. The same input gives the same bytes."""
        ...

    def check(self, content: bytes, documents: Sequence[Document]) -> tuple[Problem, ...]:
        """Read a rendered file back and compare every total with the documents; empty when it adds up."""
        ...
