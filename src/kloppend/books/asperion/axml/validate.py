"""Refuses a profile that cannot work before a single order meets it: unknown fields, formats, names and places."""

import difflib
import re
from collections.abc import Iterator
from itertools import combinations

from kloppend.books.asperion.axml.fields import FIELDS_BY_SCOPE, FieldKind, Scope
from kloppend.books.asperion.axml.formats import parse_format
from kloppend.books.asperion.axml.layout import Node, Profile, ProfileError, VatRow
from kloppend.books.xml_text import clean

DEEPEST = 20
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9._-]*")
_FILE_NAME = re.compile(r"(?:[A-Za-z0-9._-]|\{(?:shop|date|number)\})+\.[A-Za-z0-9]+")
_STYLES: dict[FieldKind, tuple[str, ...]] = {
    "text": ("plain", "upper"),
    "code": ("plain", "upper"),
    "date": ("date",),
    "money": ("decimal",),
    "number": ("decimal",),
    "count": ("plain", "decimal"),
}


def validate(profile: Profile) -> None:
    """Raises ProfileError with the path of the first thing that cannot work."""
    switches = profile.switches
    if not _FILE_NAME.fullmatch(switches.file_name) or "{number}" not in switches.file_name:
        raise ProfileError(
            "switches.file_name: letters, digits, . _ - {shop} {date} {number}; {number} and an extension are a must"
        )
    if not switches.declaration and switches.encoding not in ("UTF-8", "US-ASCII"):
        raise ProfileError("switches.declaration: a file without declaration is UTF-8 or US-ASCII")
    if re.search(r"[\x00-\x20\x7f-\U0010ffff]", profile.namespace):
        raise ProfileError("namespace: only visible ASCII characters")
    for first, second in combinations(profile.vat, 2):
        if _overlap(first, second):
            raise ProfileError(f"vat: two rows for category {first.category} at {first.rate}% hold at the same time")
    if profile.tree.kind != "element" or profile.tree.repeat or profile.tree.when:
        raise ProfileError(f"{profile.tree.name}: the outermost node is one element, always there")
    _node(profile, profile.tree, "", "file", 0)
    _carried(profile)


def _overlap(first: VatRow, second: VatRow) -> bool:
    return (
        (first.category, first.rate) == (second.category, second.rate)
        and bool(set(first.treatments) & set(second.treatments))
        and (second.last_day is None or first.first_day <= second.last_day)
        and (first.last_day is None or second.first_day <= first.last_day)
    )


def _node(profile: Profile, node: Node, above: str, scope: Scope, depth: int) -> None:
    path = f"{above}/{'@' if node.kind == 'attribute' else ''}{node.name}"
    if depth > DEEPEST:
        raise ProfileError(f"{path}: nested too deeply")
    if not _NAME.fullmatch(node.name) or node.name.lower().startswith("xml"):
        raise ProfileError(f"{path}: not a name that XML allows")
    _shape(node, path)
    scope = _scope(node, path, scope)
    known = _fields_at(scope)
    for name in filter(None, (node.when, node.field)):
        if name not in known:
            raise ProfileError(f"{path}: {_unknown_field(name, scope)}")
    if node.field:
        _leaf(profile, node, path, known[node.field])
    _siblings(node, path)
    for child in node.children:
        _node(profile, child, path, scope, depth + 1)


def _shape(node: Node, path: str) -> None:
    if node.field and node.text:
        raise ProfileError(f"{path}: a field and a fixed text exclude each other")
    if node.kind == "attribute" and (node.repeat or node.children):
        raise ProfileError(f"{path}: an attribute cannot repeat or have children")
    if not (node.field or node.text or node.children):
        raise ProfileError(f"{path}: needs a field, a text or children")
    if (node.field or node.text) and node.elements:
        raise ProfileError(f"{path}: a node with a text of its own can only have attributes as children")
    if clean(node.text) != node.text:
        raise ProfileError(f"{path}: the text holds characters that a file cannot, or begins or ends with white space")
    if node.max_length is not None and node.max_length < 1:
        raise ProfileError(f"{path}: max_length is at least 1")
    if not node.field and (node.format != "plain" or node.table or node.max_length):
        raise ProfileError(f"{path}: format, table and max_length need a field")


def _scope(node: Node, path: str, scope: Scope) -> Scope:
    allowed = {"file": "documents", "documents": "lines"}
    if not node.repeat:
        return scope
    if allowed.get(scope) != node.repeat:
        raise ProfileError(f"{path}: documents repeat within the file and lines within a document, once each")
    return "documents" if node.repeat == "documents" else "lines"


def _fields_at(scope: Scope) -> dict[str, FieldKind]:
    scopes: tuple[Scope, ...] = ("file", "documents", "lines")
    visible = scopes[: scopes.index(scope) + 1]
    return {name: kind for each in visible for name, kind in FIELDS_BY_SCOPE[each].items()}


def _unknown_field(name: str, scope: Scope) -> str:
    known = _fields_at(scope)
    if name in _fields_at("lines"):
        return f"field {name!r} is not available here, only deeper in the tree"
    near = difflib.get_close_matches(name, known, n=1)
    return f"unknown field {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


def _leaf(profile: Profile, node: Node, path: str, kind: FieldKind) -> None:
    try:
        form = parse_format(node.format)
    except ValueError as error:
        raise ProfileError(f"{path}: {error}") from error
    if form.style not in _STYLES[kind]:
        raise ProfileError(f"{path}: {node.field} is a {kind}; give it a format of: {', '.join(_STYLES[kind])}")
    if kind == "money" and form.places < 2:
        raise ProfileError(f"{path}: an amount of money needs at least two decimals")
    if node.table and kind != "code":
        raise ProfileError(f"{path}: only a code can go through a table, {node.field} is a {kind}")
    if node.table and node.table not in profile.tables:
        raise ProfileError(f"{path}: there is no table {node.table!r}")
    if kind not in ("text", "code") and node.max_length:
        raise ProfileError(f"{path}: max_length is for texts; a {kind} is never cut to a length")


def _siblings(node: Node, path: str) -> None:
    for first, second in combinations(node.children, 2):
        if (first.kind, first.name) == (second.kind, second.name) and not _told_apart(first, second):
            raise ProfileError(f"{path}: two children named {first.name!r} need a fixed text that tells them apart")


def _told_apart(first: Node, second: Node) -> bool:
    constants = [{(c.kind, c.name): c.text for c in node.children if c.text} for node in (first, second)]
    return any(constants[1].get(key, text) != text for key, text in constants[0].items())


def walk(node: Node) -> Iterator[Node]:
    """This node and every node below it, in the order of the file."""
    yield node
    for child in node.children:
        yield from walk(child)


def _carried(profile: Profile) -> None:
    nodes = list(walk(profile.tree))
    fields = {node.field for node in nodes}
    for repeat in ("documents", "lines"):
        if sum(node.repeat == repeat for node in nodes) != 1:
            raise ProfileError(f"{profile.tree.name}: exactly one node must repeat over {repeat}")
    if not fields & {"order.number", "order.description"}:
        raise ProfileError(f"{profile.tree.name}: a node must carry order.number or order.description")
    if not fields & {"line.net", "line.gross"}:
        raise ProfileError(f"{profile.tree.name}: a node must carry line.net or line.gross, or nothing can be checked")
    if profile.switches.rounding_line == "node" and "totals.rounding" not in fields:
        raise ProfileError('switches.rounding_line: "node" needs a node that carries totals.rounding')
    if profile.switches.voucher_payments == "node" and "totals.payments" not in fields:
        raise ProfileError('switches.voucher_payments: "node" needs a node that carries totals.payments')
