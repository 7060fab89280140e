"""Lays a mail out, in plain text and in HTML that any mail program shows: headings, lists and links, nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils.html import format_html, format_html_join

from kloppend.domain.problems import Language


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the mail, with the path of the page it leads to."""

    text: str
    path: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with lines below; without lines it is left out."""

    heading: str
    items: tuple[Item, ...]


def as_text(sections: Sequence[Section]) -> str:
    """The mail for who reads plain text."""
    parts = [
        "\n".join([section.heading, *(f"- {item.text}\n  {_link(item.path)}" for item in section.items)])
        for section in sections
        if section.items
    ]
    return "\n\n".join(parts) + "\n"


def as_html(title: str, sections: Sequence[Section], language: Language) -> str:
    """The same as a page."""
    parts = [
        format_html("<h2>{}</h2><ul>{}</ul>", section.heading, format_html_join("", ITEM, _cells(section)))
        for section in sections
        if section.items
    ]
    return format_html(PAGE, language, title, format_html_join("", "{}", ((part,) for part in parts)))


PAGE = '<!DOCTYPE html><html lang="{}"><head><meta charset="utf-8"><title>{}</title></head><body>{}</body></html>'
ITEM = '<li><a href="{}">{}</a></li>'


def _cells(section: Section) -> list[tuple[str, str]]:
    return [(_link(item.path), item.text) for item in section.items]


def _link(path: str) -> str:
    return f"{settings.KLOPPEND_BASE_URL}{path}"
