"""Shows an invoice, or the reason why there is none, to people: amounts, the why of every line, cause and fix."""

from collections.abc import Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import explain_why
from kloppend.domain.problems import Language, Problem

_HEADINGS: Mapping[Language, tuple[str, ...]] = {
    "nl": ("Omschrijving", "Aantal", "Tarief", "Zonder btw", "Btw", "Met btw"),
    "en": ("Description", "Quantity", "Rate", "Without VAT", "VAT", "With VAT"),
}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "nl": {
        "rounding": "Afrondingsverschil",
        "total": "Totaal",
        "paid": "Betaald met {code}",
        "due": "Te betalen",
        "warning": "Let op",
        "refusal": "Geen factuur",
        "fix": "Wat u kunt doen",
    },
    "en": {
        "rounding": "Rounding difference",
        "total": "Total",
        "paid": "Paid by {code}",
        "due": "Amount due",
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
    console.print(_table(outcome, language))
    for line in outcome.lines:
        console.print(
            f"[bold]{escape(line.description)}[/]: {escape(explain_why(line.why, language))}", highlight=False
        )
    for warning in outcome.warnings:
        _show_problem(console, "warning", warning, language)


def _table(invoice: Invoice, language: Language) -> Table:
    description, *amounts = _HEADINGS[language]
    words = _WORDS[language]
    table = Table(box=None, pad_edge=False)
    table.add_column(description)
    for heading in amounts:
        table.add_column(heading, justify="right")
    for line in invoice.lines:
        money = (str(line.net), str(line.vat), str(line.gross))
        table.add_row(escape(line.description), str(line.quantity), f"{line.vat_rate}%", *money)
    if invoice.rounding:
        table.add_row(words["rounding"], "", "", "", "", str(invoice.rounding))
    totals = (str(invoice.total_ex_vat), str(invoice.total_vat), str(invoice.total_inc_vat))
    table.add_row(words["total"], "", "", *totals, style="bold")
    for payment in invoice.payments:
        table.add_row(escape(words["paid"].format(code=payment.code)), "", "", "", "", str(-payment.amount))
    if invoice.payments:
        table.add_row(words["due"], "", "", "", "", str(invoice.amount_due), style="bold")
    return table


def _show_problem(console: Console, word: str, problem: Problem, language: Language) -> None:
    text = problem.text(language)
    words = _WORDS[language]
    console.print(f"[bold]{words[word]}[/] ({problem.code}): {escape(text.cause)}", highlight=False)
    console.print(f"  {words['fix']}: {escape(text.fix)}", highlight=False)
