"""A report of a comparison for a spreadsheet, in Dutch or English, the way the month list is."""

import csv
from io import StringIO

from kloppend.domain.problems import Language
from kloppend.records.models import Comparison
from kloppend.reports.month_csv import STARTS_A_FORMULA

HEADINGS: dict[Language, tuple[str, ...]] = {
    "nl": (
        "Bevinding",
        "Soort",
        "Bestelling",
        "Hier",
        "In de boekhouding",
        "Factuurnummers",
        "Datum in de boekhouding",
    ),
    "en": ("Finding", "Kind", "Order", "Here", "In the books", "Invoice numbers", "Date in the books"),
}
OUTCOMES: dict[Language, dict[str, str]] = {
    "nl": {
        "equal": "gelijk",
        "differs": "verschilt",
        "missing": "ontbreekt in de boekhouding",
        "doubled": "dubbel in de boekhouding",
        "unknown_amount": "gevonden, bedrag onbekend",
        "not_ours": "in de boekhouding, niet door ons doorgestuurd",
        "invoice": "factuur",
        "credit": "creditfactuur",
    },
    "en": {
        "equal": "equal",
        "differs": "differs",
        "missing": "missing in the books",
        "doubled": "doubled in the books",
        "unknown_amount": "found, amount unknown",
        "not_ours": "in the books, not forwarded by us",
        "invoice": "invoice",
        "credit": "credit note",
    },
}


def report_csv(comparison: Comparison, language: Language) -> bytes:
    """In UTF-8 with a byte order mark, semicolons, and decimal commas in Dutch."""
    words, text = OUTCOMES[language], StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADINGS[language])
    for finding in comparison.findings:
        writer.writerow(
            [
                words[finding["outcome"]],
                words[finding["kind"]],
                _plain(finding["order"]),
                _money(finding["ours"], language),
                _money(finding["theirs"], language),
                _plain(", ".join(finding["numbers"])),
                finding["booked_on"] or "",
            ]
        )
    return f"\N{BYTE ORDER MARK}{text.getvalue()}".encode()


def _plain(text: str) -> str:
    """Texts of others that a spreadsheet would take for a formula get an apostrophe before them."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def _money(amount: str | None, language: Language) -> str:
    if amount is None:
        return ""
    return amount.replace(".", ",") if language == "nl" else amount
