"""Compares a profile with an official sample: the ten minutes of work that turn placeholders into the real layout."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kloppend.books.asperion.axml.example import HEADING, example_documents
from kloppend.books.asperion.axml.fields import FIELDS_BY_SCOPE, FieldKind
from kloppend.books.asperion.axml.formats import parse_format
from kloppend.books.asperion.axml.layout import Node, Profile
from kloppend.books.asperion.axml.paths import Seen, seen_paths
from kloppend.books.asperion.axml.renames import pair_paths
from kloppend.books.asperion.axml.render import render_bytes
from kloppend.books.asperion.axml.shapes import fits, shape_of
from kloppend.books.xml_reading import parse_xml

_KINDS: dict[str, FieldKind] = {name: kind for fields in FIELDS_BY_SCOPE.values() for name, kind in fields.items()}


@dataclass(frozen=True, slots=True)
class Rename:
    """What the profile calls `ours` is, for all we can tell, what the sample calls `sample`."""

    ours: str
    sample: str


@dataclass(frozen=True, slots=True)
class OtherOrder:
    """Within `path` the elements that both have come in another order; both lists hold the sample's paths."""

    path: str
    ours: tuple[str, ...]
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OtherFormat:
    """The sample writes this value differently; "?" is a form that no format of a profile can write."""

    path: str
    ours: str
    sample: str


@dataclass(frozen=True, slots=True)
class Codes:
    """The values the sample has where the profile writes a code: what a table may have to translate to."""

    path: str
    field: str
    sample: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """`missing`: in the sample and not in the profile; `extra`: the other way round. `codes` is information only."""

    missing: tuple[str, ...]
    extra: tuple[str, ...]
    renames: tuple[Rename, ...]
    out_of_order: tuple[OtherOrder, ...]
    formats: tuple[OtherFormat, ...]
    codes: tuple[Codes, ...]

    @property
    def equal(self) -> bool:
        """Whether nothing differs. It does not make a profile verified: only a person can."""
        return not (self.missing or self.extra or self.out_of_order or self.formats)


def calibrate(profile: Profile, sample: bytes) -> Calibration:
    """Compare the sample with what the profile makes of two example orders.

    Raises UnreadableXmlError for a sample that is no XML or might be harmful, Refused when the profile cannot even
    carry the examples.
    """
    theirs = seen_paths(parse_xml(sample))
    ours = seen_paths(parse_xml(render_bytes(profile, HEADING, example_documents(profile))))
    nodes = dict(_nodes(profile, profile.tree, ""))
    fields = {path: node.field for path, node in nodes.items() if node.field}
    pairs = pair_paths(ours, theirs, fields)
    return Calibration(
        missing=tuple(path for path in theirs if path not in ours),
        extra=tuple(path for path in ours if path not in theirs),
        renames=tuple(Rename(path, pairs[path]) for path in ours if pairs.get(path, path) != path),
        out_of_order=tuple(_orders(ours, theirs, pairs)),
        formats=tuple(_formats(nodes, theirs, pairs)),
        codes=tuple(_codes(fields, theirs, pairs)),
    )


def _nodes(profile: Profile, node: Node, above: str) -> Iterator[tuple[str, Node]]:
    namespace = f"{{{profile.namespace.replace('/', '|')}}}" if profile.namespace else ""
    path = f"{above}/{'@' if node.kind == 'attribute' else namespace}{node.name}"
    yield path, node
    for child in node.children:
        yield from _nodes(profile, child, path)


def _orders(ours: Mapping[str, Seen], theirs: Mapping[str, Seen], pairs: Mapping[str, str]) -> Iterator[OtherOrder]:
    for path, target in pairs.items():
        mine = tuple(pairs[child] for child in ours[path].order if pairs.get(child) in theirs[target].order)
        sample = tuple(child for child in theirs[target].order if child in mine)
        if mine != sample:
            yield OtherOrder(target, mine, sample)


def _formats(nodes: Mapping[str, Node], theirs: Mapping[str, Seen], pairs: Mapping[str, str]) -> Iterator[OtherFormat]:
    for path, target in pairs.items():
        node = nodes[path]
        kind = _KINDS.get(node.field, "text")
        if kind in ("date", "money", "number") and not fits(kind, parse_format(node.format), theirs[target].values):
            yield OtherFormat(target, node.format, shape_of(kind, theirs[target].values))


def _codes(fields: Mapping[str, str], theirs: Mapping[str, Seen], pairs: Mapping[str, str]) -> Iterator[Codes]:
    for path, target in pairs.items():
        name = fields.get(path, "")
        values = tuple(sorted(set(filter(None, theirs[target].values))))
        if _KINDS.get(name) == "code" and values:
            yield Codes(target, name, values)
