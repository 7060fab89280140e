"""From one node of the profile and one place in the documents to the text that stands there, or a reason why not."""

from kloppend.books.asperion.axml.fields import Source
from kloppend.books.asperion.axml.formats import DoesNotFit, Value, parse_format
from kloppend.books.asperion.axml.layout import Node, Profile
from kloppend.books.xml_text import clean
from kloppend.domain.problems import Problem, Refused


def is_there(node: Node, source: Source) -> bool:
    """Whether the node's condition holds: it has none, or its field is not empty."""
    return not node.when or bool(clean(str(source.value(node.when))))


def leaf_text(profile: Profile, node: Node, source: Source) -> str:
    """What the node says, empty when it has nothing to say.

    Raises Refused: AXML_VALUE_DOES_NOT_FIT, AXML_VALUE_NOT_IN_TABLE, or AXML_VALUE_MISSING for a node that may not
    be empty. Their detail names the field, never the value of a text.
    """
    order = source.document.order_number if source.document else "-"
    try:
        text = node.text or value_text(profile, node, source.value(node.field))
    except DoesNotFit as error:
        detail = {"order": order, "field": node.field, "limit": error.limit, "needed": error.needed}
        raise Refused(Problem.of("AXML_VALUE_DOES_NOT_FIT", **detail)) from error
    except LookupError as error:
        value = clean(str(source.value(node.field)))
        detail = {"order": order, "table": node.table, "value": value}
        raise Refused(Problem.of("AXML_VALUE_NOT_IN_TABLE", **detail)) from error
    if not text and node.empty == "fail":
        raise Refused(Problem.of("AXML_VALUE_MISSING", order=order, field=node.field))
    return text


def value_text(profile: Profile, node: Node, value: Value) -> str:
    """The value through the node's table, format and length. Raises DoesNotFit, or KeyError when not in the table."""
    if node.table and clean(str(value)):
        value = profile.tables[node.table][clean(str(value))]
    text = parse_format(node.format).write(value, node.fit)
    if node.max_length is None or len(text) <= node.max_length:
        return text
    if node.fit == "fail":
        raise DoesNotFit(node.max_length, len(text))
    return text[: node.max_length].rstrip()
