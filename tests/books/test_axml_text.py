"""Whatever text a shop holds, the file is well-formed for two independent parsers and the text comes back."""

import re
import sys
from dataclasses import replace
from xml.parsers import expat

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from kloppend.books.asperion.axml import AxmlBooks
from kloppend.books.port import BooksSettings

from .documents import HEADING, with_text

ANY_TEXT = st.text(st.characters(min_codepoint=0, max_codepoint=sys.maxunicode, exclude_categories=()))
SWITCHES = st.fixed_dictionaries(
    {
        "escaping": st.sampled_from(["ordinary", "quotes", "ascii"]),
        "encoding": st.sampled_from(["UTF-8", "ISO-8859-1", "windows-1252", "US-ASCII"]),
    }
)


def documented(text: str) -> str:
    """The stripping that docs/asperion-axml.md promises, written a second time and in another way."""
    allowed = [
        char
        for char in text
        if char in "\t\n\r" or " " <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char >= "\U00010000"
    ]
    return "".join(allowed).replace("\r\n", "\n").replace("\r", "\n").strip()


def expat_texts(content: bytes) -> dict[str, list[str]]:
    """The text of every element by name, as expat reads it."""
    texts: dict[str, list[str]] = {}
    open_elements: list[tuple[str, list[str]]] = []

    def start(name: str, _: object) -> None:
        open_elements.append((name, []))

    def end(_: str) -> None:
        name, parts = open_elements.pop()
        texts.setdefault(name, []).append("".join(parts))

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = lambda data: open_elements[-1][1].append(data)
    parser.Parse(content, True)  # noqa: FBT003 - expat takes no keywords
    return texts


@given(ANY_TEXT, SWITCHES)
@settings(max_examples=120, deadline=None)
@example("]]>", {})
@example("“Thee” ‘en’ \"koek\" & <b> 'x' \u2028\x85\ufeff", {})
@example("\ud800\udfff\ufffe\uffff\x00\x1f\x7f\x80 a\r\nb\rc\td", {})
@example("&amp; &#60; &euro; <!-- -- --> <![CDATA[ ]]> <?xml?> %s {shop}", {"escaping": "ascii"})
def test_every_text_survives(text: str, switches: dict[str, str]) -> None:
    books = AxmlBooks(BooksSettings(administration="A", options={"switches": switches}))
    document = with_text(text)
    heading = replace(HEADING, shop_name=text)
    content = books.render(heading, [document]).content
    root = etree.fromstring(content)
    texts = expat_texts(content)
    for read in (root.findtext(".//Order/Description"), texts["Description"][-1 - len(document.invoice.lines)]):
        assert read == documented(f"B{text}")
    assert [line.findtext("Description") for line in root.iter("Orderline")] == [documented(f"x{text}x")] * 5
    assert root.findtext(".//Email", default="") == documented(text)
    assert texts["ShopName"] == [documented(text)]
    assert books.check(content, [document]) == ()


@given(ANY_TEXT)
@settings(max_examples=60, deadline=None)
@example("a\nb\tc\"d'e<f>&“")
def test_every_text_survives_in_an_attribute(text: str) -> None:
    profile = """
        name = "a"
        verified = true
        note = ""
        vat = [{class="hoog", category="S", rate="21", treatments=["domestic"], from=2012-10-01},
               {class="laag", category="S", rate="9", treatments=["domestic"], from=2019-01-01}]
        [switches]
        negative_lines = "line"
        [tree]
        name = "A"
        children = [{name="B", repeat="documents", children=[
            {name="d", kind="attribute", field="order.description"},
            {name="C", repeat="lines", children=[
                {name="n", kind="attribute", field="line.net", format="decimal:0.00"},
            ]},
        ]}]
    """
    books = AxmlBooks(BooksSettings(administration="A", options={"profile_toml": profile}))
    document = with_text(text)
    content = books.render(HEADING, [document]).content
    assert etree.fromstring(content)[0].get("d") == documented(f"B{text}")
    expat.ParserCreate().Parse(content, True)  # noqa: FBT003 - expat takes no keywords
    assert books.check(content, [document]) == ()


def test_every_code_point_once() -> None:
    books = AxmlBooks(BooksSettings(administration="A"))
    for start in range(0, sys.maxunicode + 1, 0x8000):
        text = "".join(map(chr, range(start, start + 0x8000)))
        content = books.render(HEADING, [with_text(text)]).content
        assert etree.fromstring(content).findtext(".//Order/Description") == documented(f"B{text}")
        assert expat_texts(content)["Street"][0] == documented(text)


@pytest.mark.parametrize(
    ("escaping", "written"),
    [
        ("ordinary", "Thee “x” \"y\" é &amp; ]]&gt; 'z'"),
        ("quotes", "Thee &#8220;x&#8221; &quot;y&quot; é &amp; ]]&gt; 'z'"),
        ("ascii", "Thee &#8220;x&#8221; &quot;y&quot; &#233; &amp; ]]&gt; 'z'"),
    ],
)
def test_escaping(escaping: str, written: str) -> None:
    books = AxmlBooks(BooksSettings(administration="A", options={"switches": {"escaping": escaping}}))
    content = books.render(HEADING, [with_text("Thee “x” \"y\" é & ]]> 'z'")]).content.decode()
    assert f"<Description>B{written}</Description>" in content
    assert not re.search("&(?!amp;|lt;|gt;|quot;|#[0-9]+;)", content)  # no HTML-only names, which need a DTD
