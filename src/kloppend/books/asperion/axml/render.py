"""Makes the file's bytes. lxml builds the tree, so what comes out is well-formed however odd a name or a text is."""

from collections.abc import Iterator, Sequence

from lxml import etree

from kloppend.books.asperion.axml.fields import File, Source
from kloppend.books.asperion.axml.layout import Node, Profile
from kloppend.books.asperion.axml.leaves import is_there, leaf_text
from kloppend.books.asperion.axml.vat import vat_class_of
from kloppend.books.port import FileHeading
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem, Refused

UNVERIFIED = (
    "<!-- UNVERIFIED / NIET GECONTROLEERD: the layout of this file has never been compared with an official Asperion "
    "sample; its names may be placeholders. Do not import it into a live administration. -->\n"
)
_TYPOGRAPHIC = {ord(quote): f"&#{ord(quote)};" for quote in "“”„‟‘’‚‛«»‹›"}


def render_bytes(profile: Profile, heading: FileHeading, documents: Sequence[Document]) -> bytes:
    """One whole file, the same bytes for the same input.

    Raises Refused when a value does not fit, is missing, or has no VAT class or no entry in its table.
    """
    return _Rendering(profile, File(heading, len(documents)), documents).content()


class _Rendering:
    def __init__(self, profile: Profile, file: File, documents: Sequence[Document]) -> None:
        self.profile = profile
        self.file = file
        self.documents = documents

    def content(self) -> bytes:
        switches = self.profile.switches
        root = self._element(self.profile.tree, Source(self.file), 0)
        if root is None:
            raise Refused(Problem.of("AXML_VALUE_MISSING", order="-", field=self.profile.tree.name))
        body = etree.tostring(root, encoding="unicode") + "\n"
        # Names and namespace are ASCII, so beyond ASCII there is only text, where a reference may stand.
        if switches.escaping == "quotes":
            body = body.translate(_TYPOGRAPHIC)
        declaration = f'<?xml version="1.0" encoding="{switches.encoding}"?>\n' if switches.declaration else ""
        warning = "" if self.profile.verified else UNVERIFIED
        encoding = "US-ASCII" if switches.escaping == "ascii" else switches.encoding
        return (declaration + warning + body).encode(encoding, "xmlcharrefreplace")

    def _repeated(self, node: Node, source: Source) -> Iterator[Source]:
        if node.repeat == "documents":
            yield from (Source(self.file, document) for document in self.documents)
        elif node.repeat == "lines" and source.document:
            for line in source.document.invoice.lines:
                vat_class = vat_class_of(self.profile, source.document, line.vat_category, line.vat_rate)
                yield source.at_line(line, vat_class)
        else:
            yield source

    def _element(self, node: Node, source: Source, depth: int) -> etree._Element | None:
        namespace = self.profile.namespace
        tag = f"{{{namespace}}}{node.name}" if namespace else node.name
        element = etree.Element(tag, nsmap={None: namespace} if namespace else None)
        self._attributes(node, source, element)
        if node.elements:
            self._children(node, source, element, depth)
            empty = not (len(element) or element.attrib)
        else:
            text = leaf_text(self.profile, node, source) if node.field or node.text else ""
            self._set_text(element, text)
            empty = not (text or (element.attrib and not node.field))
        if empty and node.empty == "fail":
            raise Refused(Problem.of("AXML_VALUE_MISSING", order=_order(source), field=node.name))
        return None if empty and node.empty == "omit" else element

    def _attributes(self, node: Node, source: Source, element: etree._Element) -> None:
        for child in node.attributes:
            if is_there(child, source):
                text = leaf_text(self.profile, child, source)
                if text or child.empty == "empty":
                    element.set(child.name, text)

    def _children(self, node: Node, source: Source, element: etree._Element, depth: int) -> None:
        for child in node.elements:
            for inner in self._repeated(child, source):
                made = self._element(child, inner, depth + 1) if is_there(child, inner) else None
                if made is not None:
                    made.tail = "\n" + "  " * (depth + 1)
                    element.append(made)
        if len(element):
            element.text = "\n" + "  " * (depth + 1)
            element[-1].tail = "\n" + "  " * depth

    def _set_text(self, element: etree._Element, text: str) -> None:
        if self.profile.switches.escaping == "ordinary":
            element.text = text
            return
        # Left to itself lxml writes a quotation mark in a text as it is; Asperion asks for the reference.
        element.text, *rest = text.split('"')
        for part in rest:
            quote = etree.Entity("quot")
            quote.tail = part
            element.append(quote)


def _order(source: Source) -> str:
    return source.document.order_number if source.document else "-"
