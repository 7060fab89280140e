"""One administration in the simulated Asperion: its master data, debtors, invoices and import settings."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

CONCEPT, IN_JOURNAL, IN_LEDGER, PAYABLE, PAID, HOLD = 1, 2, 3, 6, 7, 8
"""Invoice statuses that are confirmed; 4 and 5 are not listed anywhere."""

Row = dict[str, Any]


def _vat_code(code: str, description: str, percentage: str, country: str = "NL") -> Row:
    return {
        "id": code, "description": description, "salesCode": True, "percentage": Decimal(percentage),
        "isDefault": code == "1", "validFrom": "2012-10-01T00:00:00", "validUntil": None, "countryCode": country,
    }  # fmt: skip


def _vat_codes() -> list[Row]:
    return [
        _vat_code("1", "Verkoop hoog", "21"),
        _vat_code("2", "Verkoop laag", "9"),
        _vat_code("3", "Verkoop 0%", "0"),
        _vat_code("4", "Levering binnen de EU (ICP)", "0"),
        _vat_code("5", "Uitvoer", "0"),
        _vat_code("6", "Vrijgesteld", "0"),
        _vat_code("BE21", "OSS Belgie hoog", "21", "BE"),
        {**_vat_code("20", "Inkoop hoog", "21"), "salesCode": False},
    ]


def _ledger_accounts() -> list[Row]:
    named = {8000: "Omzet hoog", 8010: "Omzet laag", 8020: "Omzet 0%", 8025: "Omzet marge", 8030: "Omzet binnen de EU",
             8040: "Omzet export", 8050: "Omzet OSS", 1690: "Cadeaubonnen", 4990: "Afrondingsverschillen"}  # fmt: skip
    rows: list[Row] = [
        {"id": number, "type": 9, "description": name, "vatCode": None, "disabled": False, "rcsfi": None}
        for number, name in named.items()
    ]
    return [*rows, {**rows[0], "id": 8999, "description": "Oude omzet", "disabled": True}]


@dataclass
class ImportSettings:
    """The settings behind the button "Instellingen" of the import page, by Asperion's own labels."""

    debiteursoort: str = "1"
    facturen_aanmaken_als: str = "Concept"
    verkopen_btw_hoog: str = "1"
    verkopen_btw_laag: str = "2"
    verkopen_btw_0: str = "3"
    dagboek: str = "70"
    factuur_layout: str = "Standaard"
    email_layout: str = "Standaard"
    vrachtbrief_layout: str = ""
    pakbon_layout: str = ""


@dataclass
class SimulatedAdministration:
    """Rows are dictionaries as the API shows them; `_late` of the invoices waits for its moment."""

    id: int
    name: str
    vat_codes: list[Row] = field(default_factory=_vat_codes)
    journals: list[Row] = field(
        default_factory=lambda: [
            {"id": "70", "description": "Verkoopboek", "type": "70"},
            {"id": "90", "description": "Memoriaal", "type": "90"},
        ]
    )
    ledger_accounts: list[Row] = field(default_factory=_ledger_accounts)
    payment_conditions: list[Row] = field(
        default_factory=lambda: [{"id": 1, "description": "14 dagen"}, {"id": 2, "description": "Direct betaald"}]
    )
    cost_centers: list[Row] = field(default_factory=list)
    debtors: list[Row] = field(default_factory=list)
    invoices: list[Row] = field(default_factory=list)
    files: list[Row] = field(default_factory=list)
    import_settings: ImportSettings = field(default_factory=ImportSettings)
    imported_orders: set[str] = field(default_factory=set)

    def add_debtor(self, row: Row) -> Row:
        """A new debtor with the next id, and the next customer number unless one is given."""
        debtor_id = max((int(each["id"]) for each in self.debtors), default=500) + 1
        number = str(row.get("customerNumber") or 10_000 + debtor_id)
        self.debtors.append({"blocked": False, **row, "id": debtor_id, "customerNumber": number})
        return self.debtors[-1]

    def add_invoice(self, row: Row) -> Row:
        """A new concept: with an id, without a number; totals are the sums of its lines."""
        invoice_id = max((int(each["id"]) for each in self.invoices), default=9000) + 1
        lines = [{"id": invoice_id * 100 + index, **line} for index, line in enumerate(row["lines"], start=1)]
        net = sum((line["amount"] for line in lines), Decimal("0.00"))
        vat = sum((line["vatAmount"] for line in lines), Decimal("0.00"))
        totals = {"amountExclVat": net, "vatAmount": vat, "amountInclVat": net + vat}
        invoice = {"status": CONCEPT, **row, **totals, "id": invoice_id, "invoiceNumber": "", "lines": lines}
        self.invoices.append(invoice)
        return invoice

    def find_debtor(self, customer_number: str) -> Row | None:
        """The debtor of this customer number."""
        return next((row for row in self.debtors if row["customerNumber"] == customer_number), None)
