"""The one frame of every page of the simulator, with the sentence that says what it is."""

from collections.abc import Iterable, Sequence
from html import escape

from kloppend.books.asperion.simulator.answer import SIMULATOR, Reply

_FRAME = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><link rel="icon" href="data:,"><title>{title} - simulator</title>
<meta name="viewport" content="width=device-width">
<style>body{{font:16px/1.5 sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}}table{{border-collapse:collapse}}
td,th{{border:1px solid #999;padding:.2rem .5rem;text-align:left}}
.is{{background:#fd6;color:#000;padding:.5rem}}</style>
</head><body><p class="is"><strong>{simulator}</strong></p>
<nav><a href="/">Invoices</a> <a href="/debtors">Debtors</a> <a href="/import">Import orders (xml)</a>
<a href="/faults">Faults</a></nav>
<h1>{title}</h1>
{body}</body></html>
"""


def page(title: str, body: str, *, status: int = 200) -> Reply:
    """A page; `body` is HTML already, `title` is not."""
    html = _FRAME.format(title=escape(title), body=body, simulator=escape(SIMULATOR))
    return Reply(status, html.encode(), "text/html; charset=utf-8")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table of plain values."""
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{head}</tr>{body}</table>"
