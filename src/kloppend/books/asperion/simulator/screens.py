"""The pages of the simulator that people look at: invoices, debtors, the import with its settings, the faults."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from html import escape
from typing import TYPE_CHECKING

from kloppend.books.asperion.simulator.administration import ImportSettings, SimulatedAdministration
from kloppend.books.asperion.simulator.answer import Reply
from kloppend.books.asperion.simulator.faults import Fault
from kloppend.books.asperion.simulator.page import page, table

if TYPE_CHECKING:
    from kloppend.books.asperion.simulator.simulated import SimulatedAsperion

LABELS = {
    "debiteursoort": "Debiteursoort", "facturen_aanmaken_als": "Facturen aanmaken als",
    "verkopen_btw_hoog": "Verkopen BTW Hoog", "verkopen_btw_laag": "Verkopen BTW Laag",
    "verkopen_btw_0": "Verkopen BTW 0%", "dagboek": "Dagboek", "factuur_layout": "Factuur Layout",
    "email_layout": "Email Layout", "vrachtbrief_layout": "Vrachtbrief Layout", "pakbon_layout": "Pakbon Layout",
}  # fmt: skip


def invoices_page(asperion: "SimulatedAsperion") -> Reply:
    """All invoices with their lines, per administration."""
    parts = []
    for books in asperion.administrations:
        rows = [
            (row["id"], row["date"][:10], row["debtorCustomerNumber"], row["description"], row["amountExclVat"],
             row["vatAmount"], row["amountInclVat"], row["status"], _lines(row["lines"]))
            for row in books.invoices
        ]  # fmt: skip
        heads = ("id", "date", "debtor", "description", "excl.", "VAT", "incl.", "status", "lines")
        parts.append(f"<h2>{escape(books.name)} ({books.id})</h2>{table(heads, rows)}")
    return page("Invoices (1 is a concept)", "".join(parts))


def _lines(lines: Sequence[Mapping[str, object]]) -> str:
    return "; ".join(f"{line['description']} {line['amount']} + {line['vatAmount']}" for line in lines)


def debtors_page(asperion: "SimulatedAsperion") -> Reply:
    """All debtors, per administration."""
    heads = ("customerNumber", "name", "emailAddress", "address", "postCode", "city", "countryCode", "vatNumber")
    parts = [
        f"<h2>{escape(books.name)} ({books.id})</h2>"
        + table(heads, [[row.get(head, "") for head in heads] for row in books.debtors])
        for books in asperion.administrations
    ]
    return page("Debtors", "".join(parts))


def import_page(books: SimulatedAdministration, said: Sequence[str] = ()) -> Reply:
    """The form for a file, and the settings that decide what becomes of it."""
    inputs = "".join(
        f'<p><label>{escape(LABELS[name])} <input name="{name}" value="{escape(value)}"></label></p>'
        for name, value in asdict(books.import_settings).items()
    )
    result = "".join(f"<li>{escape(each)}</li>" for each in said)
    return page(
        "Import orders (xml)",
        f'<ul>{result}</ul><form method="post" action="/import" enctype="multipart/form-data">'
        '<input type="file" name="File" aria-label="aXML file" required><button>Synchroniseren</button></form>'
        f'<h2>Instellingen</h2><form method="post" action="/import/settings">{inputs}<button>Opslaan</button></form>',
    )


def save_settings(books: SimulatedAdministration, form: Mapping[str, str]) -> None:
    """Take over the settings that the form has."""
    known = {each.name for each in fields(ImportSettings)}
    changed = {name: value for name, value in form.items() if name in known}
    books.import_settings = ImportSettings(**{**asdict(books.import_settings), **changed})


def faults_page(asperion: "SimulatedAsperion") -> Reply:
    """The switches, each with its own little form."""
    on = asperion.faults.switched_on()
    rows = "".join(
        f'<form method="post" action="/faults"><input type="hidden" name="fault" value="{fault}">'
        f'<label>{fault} <input name="value" value="{escape(on.get(fault, ""))}"></label>'
        f'<button name="switch" value="{"off" if fault in on else "on"}">'
        f"switch {'off' if fault in on else 'on'}</button></form>"
        for fault in Fault
    )
    return page("Faults", rows)
