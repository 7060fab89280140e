"""Brings the Dutch catalogue of the pages up to date: `python tools/messages.py` after changing a text, then translate.

Texts in the code are English; `nl/LC_MESSAGES/django.po` holds the Dutch, and `django.mo`, made from it, is kept beside
it so that nothing needs to be compiled to run.
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

PAGES = Path(__file__).parent.parent / "src" / "kloppend" / "pages"
CATALOGUE = PAGES / "locale" / "nl" / "LC_MESSAGES" / "django.po"
OF_ALLAUTH = PAGES / "accounts" / "locale" / "nl" / "LC_MESSAGES" / "django.po"  # allauth's texts, in our words
CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy"}
LITERAL = r"""u?('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\b(?:n?gettext|_)\(\s*{LITERAL}(?:\s*,\s*{LITERAL})?")
Message = tuple[str, str]
"""A text and its plural, which is empty for most."""


def messages() -> dict[Message, list[str]]:
    """Every text to translate, with the files it stands in."""
    found: dict[Message, list[str]] = {}
    for path in sorted(PAGES.rglob("*")):
        read = {".py": _of_python, ".html": _of_template}.get(path.suffix)
        for message in sorted(set(read(path))) if read else ():
            found.setdefault(message, []).append(path.relative_to(PAGES).as_posix())
    return found


def _of_python(path: Path) -> Iterator[Message]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS:
            texts = [part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            if texts:
                yield texts[0], texts[1] if node.func.id.startswith("n") else ""


def _of_template(path: Path) -> Iterator[Message]:
    for text, plural in IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"))):
        yield ast.literal_eval(text), ast.literal_eval(plural) if plural else ""


def update() -> polib.POFile:
    """The catalogue with exactly the texts there are; what was translated stays so."""
    known = {(entry.msgid, entry.msgid_plural): entry for entry in polib.pofile(str(CATALOGUE))}
    fresh = polib.POFile(wrapwidth=118)
    fresh.metadata = {
        "Language": "nl",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    for (msgid, plural), files in sorted(messages().items()):
        before = known.get((msgid, plural))
        entry = polib.POEntry(msgid=msgid, msgid_plural=plural, occurrences=[(file, "") for file in files])
        if plural:
            entry.msgstr_plural = before.msgstr_plural if before else {0: "", 1: ""}
        else:
            entry.msgstr = before.msgstr if before else ""
        if re.search(r"%\(\w+\)", msgid):
            entry.flags.append("python-format")
        fresh.append(entry)
    return fresh


if __name__ == "__main__":
    catalogue = update()
    catalogue.save(str(CATALOGUE))
    catalogue.save_as_mofile(str(CATALOGUE.with_suffix(".mo")))
    polib.pofile(str(OF_ALLAUTH)).save_as_mofile(str(OF_ALLAUTH.with_suffix(".mo")))
    untranslated = catalogue.untranslated_entries()
    for missing in untranslated:
        print(f"to translate: {missing.msgid}")
    sys.exit(bool(untranslated))
