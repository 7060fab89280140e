"""VAT categories as EN 16931 wants them, with the reason that goes with each one that carries no VAT."""

from decimal import Decimal

from kloppend.domain.invoice import Document, InvoiceLine, VatCategory
from kloppend.domain.invoicing.legal_texts import LEGAL_TEXTS
from kloppend.domain.money import ZERO

_REASONS: dict[str, str] = {
    "K": "Intracommunautaire levering",
    "G": "Uitvoer, 0% btw",
    "AE": "Btw verlegd",
    "O": "Buiten de heffing van btw",
}


def written_category(document: Document, category: VatCategory) -> VatCategory:
    """O may stand alone only (BR-O-11): next to other categories, a gift voucher sold is exempt with a reason."""
    categories = {line.vat_category for line in document.invoice.lines}
    return "E" if category == "O" and categories != {"O"} else category


def reason(document: Document, category: VatCategory) -> str:
    """Why there is no VAT; empty for a category that needs no reason."""
    if category != "E":
        return _REASONS.get(category, "")
    lines = [line for line in document.invoice.lines if written_category(document, line.vat_category) == "E"]
    return "; ".join(dict.fromkeys(_exemption(line) for line in lines))


def _exemption(line: InvoiceLine) -> str:
    if line.kind == "voucher_sale":
        return "Cadeaubon voor meervoudig gebruik: btw volgt bij inwisseling"
    return LEGAL_TEXTS[line.treatment]["nl"].rstrip(".") if line.treatment in LEGAL_TEXTS else "Vrijgesteld van btw"


def per_category(document: Document) -> dict[tuple[VatCategory, Decimal], tuple[Decimal, Decimal]]:
    """Base and VAT per category and rate as they are written."""
    sums: dict[tuple[VatCategory, Decimal], tuple[Decimal, Decimal]] = {}
    for row in document.invoice.vat_summary:
        key = (written_category(document, row.category), row.rate)
        base, vat = sums.get(key, (ZERO, ZERO))
        sums[key] = (base + row.base, vat + row.vat)
    return sums
