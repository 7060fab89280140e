"""Gives nodes of a profile the names that a sample has for them; what moved elsewhere stays for a person."""

from collections.abc import Iterable, Mapping

import msgspec

from kloppend.books.asperion.axml.calibrate import Rename
from kloppend.books.asperion.axml.layout import Node, Profile


def renamed(profile: Profile, renames: Iterable[Rename]) -> Profile:
    """The profile with these renames done, and with the sample's namespace when its outermost element has one.

    The result still has to be checked: two names may have become equal.
    """
    names = {rename.ours: rename.sample.rpartition("/")[2] for rename in renames}
    tree = _renamed(profile, profile.tree, "", names)
    outermost = names.get(_path(profile, profile.tree, ""), "")
    found = outermost[1:].partition("}")[0].replace("|", "/") if outermost.startswith("{") else ""
    return msgspec.structs.replace(profile, tree=tree, namespace=found or profile.namespace)


def _renamed(profile: Profile, node: Node, above: str, names: Mapping[str, str]) -> Node:
    path = _path(profile, node, above)
    name = names.get(path, node.name).rpartition("}")[2].removeprefix("@")
    children = tuple(_renamed(profile, child, path, names) for child in node.children)
    return msgspec.structs.replace(node, name=name, children=children)


def _path(profile: Profile, node: Node, above: str) -> str:
    """As the calibration writes it."""
    namespace = f"{{{profile.namespace.replace('/', '|')}}}" if profile.namespace else ""
    return f"{above}/{'@' if node.kind == 'attribute' else namespace}{node.name}"
