"""Shows an invoice, or the reason why there is none, to people: amounts, the why of every line, cause and fix."""

from collections.abc import Mapping
from decimal import Decimal

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import explain_sources, explain_why, legal_texts
from kloppend.domain.problems import Language, Problem
from kloppend.domain.wording import TREATMENTS, amounts, row_names

_HEADINGS: Mapping[Language, tuple[str, ...]] = {
    "nl": ("Omschrijving", "Aantal", "Tarief", "Zonder btw", "Btw", "Met btw"),
    "en": ("Description", "Quantity", "Rate", "Without VAT", "VAT", "With VAT"),
}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "nl": {
        "kind": "Soort",
        "vat_of": "btw van",
        "rounding": "Afrondingsverschil",
        "total": "Totaal",
        "paid": "Betaald met {code}",
        "due": "Te betalen",
        "on_invoice": "Op de factuur hoort te staan",
        "sources": "Uit de winkel",
        "warning": "Let op",
        "refusal": "Geen factuur",
        "fix": "Wat u kunt doen",
    },
    "en": {
        "kind": "Kind",
        "vat_of": "VAT of",
        "rounding": "Rounding difference",
        "total": "Total",
        "paid": "Paid by {code}",
        "due": "Amount due",
        "on_invoice": "The invoice should say",
        "sources": "From the shop",
        "warning": "Note",
        "refusal": "No invoice",
        "fix": "What you can do",
    },
}


def show_outcome(console: Console, name: str, outcome: Invoice | Problem, language: Language) -> None:
    """Print one order's outcome under a heading with its name."""
    console.rule(f"[bold]{escape(name)}[/]", align="left")
    if isinstance(outcome, Problem):
        _show_problem(console, "refusal", outcome, language)
        return
    words = _WORDS[language]
    _say(console, words["kind"], _kind(outcome, language))
    console.print(_table(outcome, language))
    for text in legal_texts(outcome, language):
        _say(console, words["on_invoice"], text)
    for line in outcome.lines:
        _say(console, line.description, explain_why(line.why, language))
        _say(console, f"  {words['sources']}", explain_sources(line.why, language))
    for warning in outcome.warnings:
        _show_problem(console, "warning", warning, language)


def _kind(invoice: Invoice, language: Language) -> str:
    kind = TREATMENTS[language][invoice.treatment]
    return f"{kind}; {_WORDS[language]['vat_of']} {invoice.vat_country}" if invoice.treatment == "oss" else kind


def _table(invoice: Invoice, language: Language) -> Table:
    def money(*values: Decimal) -> tuple[str, ...]:
        return tuple(amounts(str(value), language) for value in values)

    description, *headings = _HEADINGS[language]
    words = _WORDS[language]
    table = Table(box=None, pad_edge=False)
    table.add_column(description)
    for heading in headings:
        table.add_column(heading, justify="right")
    for line in invoice.lines:
        rate = amounts(f"{line.vat_rate}%", language)
        table.add_row(escape(line.description), str(line.quantity), rate, *money(line.net, line.vat, line.gross))
    if invoice.rounding:
        table.add_row(words["rounding"], "", "", "", "", *money(invoice.rounding))
    totals = money(invoice.total_ex_vat, invoice.total_vat, invoice.total_inc_vat)
    table.add_row(words["total"], "", "", *totals, style="bold")
    for payment in invoice.payments:
        paid = words["paid"].format(code=row_names(payment.code, language))
        table.add_row(escape(paid), "", "", "", "", *money(-payment.amount))
    if invoice.payments:
        table.add_row(words["due"], "", "", "", "", *money(invoice.amount_due), style="bold")
    return table


def _show_problem(console: Console, word: str, problem: Problem, language: Language) -> None:
    text = problem.text(language)
    words = _WORDS[language]
    console.print(f"[bold]{words[word]}[/] ({problem.code}): {escape(text.cause)}", highlight=False)
    console.print(f"  {words['fix']}: {escape(text.fix)}", highlight=False)


def _say(console: Console, about: str, text: str) -> None:
    console.print(f"[bold]{escape(about)}[/]: {escape(text)}", highlight=False)
