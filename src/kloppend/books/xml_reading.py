"""Reads XML that somebody else may have made: nothing is fetched, no entity is expanded, size and depth have bounds."""

from io import BytesIO
from typing import BinaryIO
from xml.parsers import expat

from lxml import etree

LARGEST = 5_000_000
"""Bytes a sample may have; Asperion's own will be a few thousand."""


BLOCK = 65_536


class UnreadableXmlError(ValueError):
    """These bytes are not XML that we want to read; the text says why."""


def parse_xml(content: bytes, largest: int | None = LARGEST) -> etree._Element:
    """The outermost element.

    Raises UnreadableXmlError for more than `largest` bytes, for anything not well-formed, and for every DOCTYPE: orders
    need none, and it is where external files and exploding entities are declared.
    """
    if largest is not None and len(content) > largest:
        raise UnreadableXmlError(f"the file is larger than {largest} bytes")
    _refuse_doctype(content)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableXmlError(f"the file is not well-formed XML: {error}") from error


def _refuse_doctype(content: bytes) -> None:
    # expat reports the DOCTYPE before it looks at what is declared inside, so nothing in it gets a chance.
    def refuse(*_: object) -> None:
        raise UnreadableXmlError("the file has a DOCTYPE (a DTD or entities); take it out, orders do not need it")

    scanner = expat.ParserCreate()
    scanner.StartDoctypeDeclHandler = refuse
    try:
        scanner.ParseFile(BytesIO(content))
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, UnreadableXmlError):
            raise
        raise UnreadableXmlError(f"the file is not well-formed XML: {error}") from error


def name_of_root(file: BinaryIO) -> str:
    """The local name of the outermost element, reading no further than that. Raises UnreadableXmlError as parse_xml."""
    names: list[str] = []

    def refuse(*_: object) -> None:
        raise UnreadableXmlError("the file has a DOCTYPE (a DTD or entities); take it out, it needs none")

    scanner = expat.ParserCreate()
    scanner.StartDoctypeDeclHandler = refuse
    scanner.StartElementHandler = lambda name, _attributes: names.append(name)
    try:
        while not names and (block := file.read(BLOCK)):
            scanner.Parse(block, False)  # noqa: FBT003 - expat's own signature
        if not names:
            scanner.Parse(b"", True)  # noqa: FBT003
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, UnreadableXmlError):
            raise
        if not names:
            raise UnreadableXmlError(f"the file is not well-formed XML: {error}") from error
    return names[0].rpartition(":")[2]
