"""`kloppend explain`: what the invoice engine makes of the orders in a file, and why, without a shop or database."""

import json
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from kloppend.cli.case_file import Case, UnreadableCase
from kloppend.cli.explanation import show_outcome
from kloppend.cli.order_file import OrderFileError, read_order_file
from kloppend.domain.invoice import Invoice
from kloppend.domain.invoicing import make_invoice
from kloppend.domain.problems import Problem, Refused

WRONG_FORM = 2
"""Exit code for a file that cannot be used."""


class ShownLanguage(Enum):
    """Languages of the explanation for people."""

    NL = "nl"
    EN = "en"


def explain(
    file: Annotated[Path, typer.Argument(help="JSON: cases in the form of vat-cases.json, or a shop's recorded rows.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print results as JSON for other tools.")] = False,
    language: Annotated[ShownLanguage, typer.Option(help="Language of the explanation.")] = ShownLanguage.NL,
) -> None:
    """Say what invoice each order in FILE gives, or why none. Needs no database, network or configuration.

    VAT numbers are not checked here: a case says the outcome itself, and in recorded rows every number counts as good.
    """
    try:
        cases = read_order_file(file)
    except OrderFileError as error:
        typer.echo(error.text(language.value), err=True)
        raise typer.Exit(WRONG_FORM) from error
    outcomes = [(name, _outcome(name, case)) for name, case in cases]
    if as_json:
        results = [_as_json(name, outcome) for name, outcome in outcomes]
        typer.echo(json.dumps(results, indent=1))  # ASCII: the same on every terminal
        return
    console = Console()
    for name, outcome in outcomes:
        show_outcome(console, name, outcome, language.value)


def _outcome(name: str, case: Case | UnreadableCase) -> Invoice | Problem:
    if isinstance(case, UnreadableCase):
        return Problem.of("SHOP_ORDER_UNREADABLE", order=name, what=case.what)
    try:
        return make_invoice(case.order, case.settings, vat_number=case.vat_number, invoice_date=case.invoice_date)
    except Refused as refused:
        return refused.problem


def _as_json(name: str, outcome: Invoice | Problem) -> dict[str, Any]:
    if isinstance(outcome, Problem):
        return {
            "id": name,
            "result": "refusal",
            "code": outcome.code,
            "detail": dict(outcome.detail),
            "warnings": [],
        }
    return {
        "id": name,
        "result": "invoice",
        "invoice": _invoice_as_json(outcome),
        "warnings": sorted({warning.code for warning in outcome.warnings}),
    }


def _invoice_as_json(invoice: Invoice) -> dict[str, Any]:
    return {
        "currency": invoice.currency,
        "treatment": invoice.treatment,
        "lines": [
            {
                "kind": line.kind,
                "description": line.description,
                "quantity": line.quantity,
                "unit_price_ex_vat": str(line.unit_price),
                "vat_category": line.vat_category,
                "vat_rate": str(line.vat_rate),
                "net": str(line.net),
                "vat": str(line.vat),
                "gross": str(line.gross),
            }
            for line in invoice.lines
        ],
        "vat_summary": [
            {
                "vat_category": total.category,
                "rate": str(total.rate),
                "base": str(total.base),
                "vat": str(total.vat),
                "vat_recalculated": str(total.vat_recalculated),
            }
            for total in invoice.vat_summary
        ],
        "total_ex_vat": str(invoice.total_ex_vat),
        "total_vat": str(invoice.total_vat),
        "rounding": str(invoice.rounding),
        "total_inc_vat": str(invoice.total_inc_vat),
        "payments": [{"code": payment.code, "amount": str(payment.amount)} for payment in invoice.payments],
        "amount_due": str(invoice.amount_due),
        **({"icp": {"vat_number": invoice.icp.vat_number, "amount": str(invoice.icp.amount)}} if invoice.icp else {}),
    }
