"""The paths of an XML file with the values seen at each: what two files of the same layout have in common."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from kloppend.books.xml_text import clean

_SCHEMA_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass(slots=True)
class Seen:
    """One path, as `/Outer/Inner` or `/Outer/Inner/@attribute`, with the texts found there.

    A leaf has a text of its own; anything else only holds others. `order` are the paths of its elements as they came.
    """

    path: str
    leaf: bool = True
    values: list[str] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    @property
    def parent(self) -> str:
        """The path this one stands in; empty for the outermost element."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The last name of the path, without @ and without namespace."""
        return self.path.rpartition("/")[2].rpartition("}")[2].removeprefix("@")


def seen_paths(root: etree._Element) -> dict[str, Seen]:
    """Every path below and including this element, in the order of first appearance.

    Attributes of the XML Schema instance namespace (where the schema of a file is) are left out.
    """
    seen: dict[str, Seen] = {}
    for path, parent, element in _walk(root, ""):
        here = seen.setdefault(path, Seen(path))
        here.leaf = here.leaf and not len(element)
        here.values.append(clean(element.text or ""))
        if parent and path not in seen[parent].order:
            seen[parent].order.append(path)
        for name, value in element.attrib.items():
            if not str(name).startswith(_SCHEMA_INSTANCE):
                attribute = f"{path}/@{name!s}"
                seen.setdefault(attribute, Seen(attribute)).values.append(clean(str(value)))
    return seen


def _walk(element: etree._Element, parent: str) -> Iterator[tuple[str, str, etree._Element]]:
    # A namespace holds slashes, and a path is cut at slashes: so they are written another way.
    path = f"{parent}/{str(element.tag).replace('/', '|')}"
    yield path, parent, element
    for child in element:
        if isinstance(child.tag, str):
            yield from _walk(child, path)
