"""Writes the catalogue as a page for people: `python -m kloppend.domain.problems.page > docs/problems.md`."""

from itertools import groupby

from kloppend.domain.problems.catalogue import CATALOGUE, Entry

KINDS = {
    "refusal": "Not booked until somebody acts.",
    "hold": "Not booked now; tried again by itself.",
    "warning": "Booked, and shown.",
    "fault": "About a shop, a file or a setting, not about one order.",
}


def page() -> str:
    """The catalogue as Markdown, by place and code."""
    lines = ["# All problems", "", "Made from `src/kloppend/domain/problems/*.toml`; a test keeps the two equal."]
    lines += ["What stands in [square brackets] is left out when its value is empty.", ""]
    lines += [f"- **{kind}**: {meaning}" for kind, meaning in KINDS.items()]
    for area, entries in groupby(sorted(CATALOGUE.values(), key=lambda e: (e.area, e.code)), key=lambda e: e.area):
        lines += ["", f"## {area}"]
        for entry in entries:
            lines += _section(entry)
    return "\n".join(lines) + "\n"


def _section(entry: Entry) -> list[str]:
    again = "tried again by itself" if entry.retried else "not tried again"
    lines = ["", f"### {entry.code}", "", f"{entry.kind}; to act: {entry.act.replace('_', ' ')}; {again}.", ""]
    for language, text in entry.texts.items():
        lines.append(f"- *{language}*: {text.cause} **{text.fix}**")
    return lines


if __name__ == "__main__":
    print(page(), end="")
