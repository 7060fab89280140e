"""A profile as TOML again, whole and without its base: what an own layout begins with and a renamed one becomes."""

import json
from collections.abc import Iterator

import msgspec

from kloppend.books.asperion.axml.layout import Node, Profile, VatRow

_PLAIN = Node(name="")


def profile_text(profile: Profile) -> str:
    """TOML that reads back as the same profile. Comments are not part of a profile, and so not of this."""
    return "\n".join(_lines(profile)) + "\n"


def _lines(profile: Profile) -> Iterator[str]:
    yield f"name = {_value(profile.name)}"
    yield f"verified = {_value(profile.verified)}"
    if profile.verified_by:
        yield f"verified_by = {_value(profile.verified_by)}"
    yield f"note = {_value(profile.note)}"
    if profile.namespace:
        yield f"namespace = {_value(profile.namespace)}"
    yield from ("", "[switches]")
    yield from (f"{name} = {_value(value)}" for name, value in msgspec.structs.asdict(profile.switches).items())
    for row in profile.vat:
        yield from ("", "[[vat]]", *_vat(row))
    for name, table in profile.tables.items():
        yield from ("", f"[tables.{_value(name)}]")
        yield from (f"{_value(key)} = {_value(value)}" for key, value in table.items())
    yield from ("", "[tree]")
    yield from (f"{name} = {_value(value)}" for name, value in _said(profile.tree))
    yield from ("children = [", *_children(profile.tree, 1), "]")


def _vat(row: VatRow) -> Iterator[str]:
    yield f"class = {_value(row.vat_class)}"
    yield f"category = {_value(row.category)}"
    yield f"rate = {_value(str(row.rate))}"
    yield f"treatments = [{', '.join(map(_value, row.treatments))}]"
    yield f"from = {row.first_day.isoformat()}"
    if row.last_day:
        yield f"until = {row.last_day.isoformat()}"


def _children(node: Node, depth: int) -> Iterator[str]:
    indent = "  " * depth
    for child in node.children:
        said = ", ".join(f"{name} = {_value(value)}" for name, value in _said(child))
        if child.children:
            yield from (f"{indent}{{ {said}, children = [", *_children(child, depth + 1), f"{indent}] }},")
        else:
            yield f"{indent}{{ {said} }},"


def _said(node: Node) -> Iterator[tuple[str, object]]:
    """What a node has besides its children, where it is not what it would be anyway."""
    for name in node.__struct_fields__:
        value = getattr(node, name)
        if name != "children" and value != getattr(_PLAIN, name):
            yield name, value


def _value(value: object) -> str:
    """JSON's strings, numbers and truth values are TOML's as well, but for the one character that TOML forbids raw."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
