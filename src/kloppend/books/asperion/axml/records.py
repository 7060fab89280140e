"""Finds in a finished file what the profile says should be there, without looking at the documents it came from."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from kloppend.books.asperion.axml.layout import Node, Profile
from kloppend.books.xml_text import clean


@dataclass(frozen=True, slots=True)
class Leaf:
    """A node that carries a field, in the file, a document or a line; there when none of its conditions is empty."""

    node: Node
    scope: str
    conditions: tuple[str, ...]


def leaves(node: Node, scope: str = "file", conditions: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """All leaves of the profile's tree, in the order of the file."""
    scope = node.repeat or scope
    conditions += (node.when,) if node.when else ()
    if node.field:
        yield Leaf(node, scope, conditions)
        # An element that is left out for want of a value takes its attributes with it.
        conditions += (node.field,) if node.empty == "omit" else ()
    for child in node.children:
        yield from leaves(child, scope, conditions)


@dataclass(slots=True)
class Record:
    """The texts found in the file itself, in one order or in one line, by the node (its id) that put them there."""

    found: dict[int, str] = field(default_factory=dict)
    inner: list["Record"] = field(default_factory=list)

    def of(self, node: Node) -> str | None:
        """The text of this node here; None when the node is not there."""
        return self.found.get(id(node))


@dataclass(slots=True)
class FileRecord:
    """All of a file: `orders.inner` are the orders, their `inner` the lines. `strays` fit nowhere in the profile."""

    orders: Record
    strays: list[str]


def read_records(profile: Profile, root: etree._Element) -> FileRecord:
    """Take the tree apart as the profile describes it."""
    reading = FileRecord(Record(), [])
    if _matches(profile, profile.tree, root):
        _read(profile, profile.tree, root, reading.orders, reading.strays)
    else:
        reading.strays.append(str(root.tag))
    return reading


def _read(profile: Profile, node: Node, element: etree._Element, record: Record, strays: list[str]) -> None:
    if not node.elements:
        record.found[id(node)] = "".join(str(part) for part in element.itertext())
    for attribute in node.attributes:
        value = element.get(attribute.name)
        if value is not None:
            record.found[id(attribute)] = value
    known = {attribute.name for attribute in node.attributes}
    strays.extend(f"@{name}" for name in map(str, element.attrib) if name not in known)
    if node.elements and clean("".join([element.text or "", *(child.tail or "" for child in element)])):
        strays.append(f"text in {node.name}")
    left = list(element)
    for child in node.elements if left else ():
        matching = [e for e in left if _matches(profile, child, e)]
        taken = matching if child.repeat else matching[:1]
        gone = set(map(id, taken))
        left = [e for e in left if id(e) not in gone]
        for found in taken:
            _read(profile, child, found, _inner(child, record), strays)
    strays.extend(str(e.tag) for e in left)


def _inner(node: Node, record: Record) -> Record:
    if not node.repeat:
        return record
    record.inner.append(Record())
    return record.inner[-1]


def _matches(profile: Profile, node: Node, element: etree._Element) -> bool:
    """By name, and by the fixed texts that tell equal names apart."""
    prefix = f"{{{profile.namespace}}}" if profile.namespace else ""
    if element.tag != prefix + node.name:
        return False
    attributes = all(element.get(child.name) == child.text for child in node.attributes if child.text)
    return attributes and all(
        element.findtext(prefix + child.name) == child.text for child in node.elements if child.text
    )
