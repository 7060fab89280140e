"""A layout told to people: what its settings mean, and where in its text a mistake stands."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from kloppend.books.asperion.axml.layout import Profile
from kloppend.domain.wording import TREATMENTS
from kloppend.pages.dashboard.settings.file_options import LABELS, WORDS
from kloppend.pages.look.tags import language, percentage

BUILT_IN = {
    "placeholder": _("Example layout of our own"),
    "axml-1.4": _("aXML 1.4 (August 2014)"),
    "axml-1.5.1": _("aXML 1.5.1"),
}
_ESCAPING = {
    "ordinary": _("only what XML demands"),
    "quotes": _("quotation marks too, as Asperion asks"),
    "ascii": _("everything but plain letters and digits"),
}
_AT = re.compile(r"line (\d+)")
_PATH = re.compile(r"^/\S*?@?([A-Za-z_][\w.-]*): ")


def declared(profile: Profile) -> Iterator[tuple[Any, Any]]:
    """Every setting of the layout with its meaning."""
    switches = profile.switches
    for name, label in LABELS.items():
        yield label, WORDS[name][getattr(switches, name)]
    for row in profile.vat:
        kinds = ", ".join(TREATMENTS[language()].get(kind, kind) for kind in row.treatments)
        label = _("VAT high") if row.vat_class == "hoog" else _("VAT low")
        yield label, _("%(rate)s, from %(day)s: %(kinds)s") % {
            "rate": percentage(row.rate), "day": row.first_day.strftime("%d-%m-%Y"), "kinds": kinds
        }  # fmt: skip
    yield _("Name of the file"), switches.file_name
    yield _("Encoding"), switches.encoding
    yield _("Written as a reference (&amp;)"), _ESCAPING[switches.escaping]


def line_of(text: str, error: str) -> int | None:
    """The line of the layout's text that the error is about, where it can be told."""
    if told := _AT.search(error):
        return int(told[1])
    if named := _PATH.match(error):
        wanted = re.compile(rf"""name\s*=\s*["']{re.escape(named[1])}["']""")
        lines = [number for number, line in enumerate(text.splitlines(), 1) if wanted.search(line)]
        return lines[0] if len(lines) == 1 else None
    return None
