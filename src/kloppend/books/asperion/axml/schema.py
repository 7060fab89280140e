"""An official XML Schema, when somebody has one: the strongest word on a file's form, short of an import."""

from lxml import etree

from kloppend.books.asperion.axml.example import HEADING, example_documents
from kloppend.books.asperion.axml.profile import Profile
from kloppend.books.asperion.axml.render import render_bytes
from kloppend.books.xml_reading import UnreadableXmlError, parse_xml

_XSD = "{http://www.w3.org/2001/XMLSchema}"
_MOST = 50


def schema_errors(profile: Profile, schema: bytes) -> tuple[str, ...]:
    """What the schema says against the file that the profile makes of two example orders; empty when it is valid.

    Raises UnreadableXmlError for a schema that cannot be used, or that names other files: nothing is ever fetched.
    """
    root = parse_xml(schema)
    for name in ("include", "import", "redefine", "override"):
        if any(element.get("schemaLocation") for element in root.iter(f"{_XSD}{name}")):
            raise UnreadableXmlError("the schema refers to other files; put them together in one file")
    try:
        checker = etree.XMLSchema(root)
    except etree.XMLSchemaParseError as error:
        raise UnreadableXmlError(f"not an XML Schema: {error}") from error
    checker.validate(parse_xml(render_bytes(profile, HEADING, example_documents(profile))))
    return tuple(f"line {entry.line}: {entry.message}" for entry in list(checker.error_log)[:_MOST])
