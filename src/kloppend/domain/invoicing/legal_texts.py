"""The sentence that the law wants on an invoice without VAT (bookkeeping 1.9, 1.10, 2.2 and 2.4)."""

from collections.abc import Mapping
from types import MappingProxyType

from kloppend.domain.invoice import Invoice, Treatment
from kloppend.domain.wording import Language

LEGAL_TEXTS: Mapping[Treatment, Mapping[Language, str]] = MappingProxyType(
    {
        "icp": {
            "nl": "Intracommunautaire levering, 0% btw. Btw-nummer afnemer: {vat_number}.",
            "en": "Intra-Community supply, 0% VAT. Customer's VAT number: {vat_number}.",
        },
        "export": {"nl": "Uitvoer, 0% btw.", "en": "Export, 0% VAT."},
        "kor": {
            "nl": "Vrijgesteld van OB op grond van artikel 25 Wet OB.",
            "en": "Exempt from VAT under article 25 of the Dutch VAT act (small businesses scheme).",
        },
        "margin": {
            "nl": "Bijzondere regeling - gebruikte goederen.",
            "en": "Margin scheme - second-hand goods.",
        },
        "exempt": {
            "nl": "Vrijgesteld van btw op grond van artikel 11 Wet OB.",
            "en": "Exempt from VAT under article 11 of the Dutch VAT act.",
        },
    }
)


def legal_texts(invoice: Invoice, language: Language) -> tuple[str, ...]:
    """One sentence for each reason why lines of this invoice bear no VAT."""
    treatments = dict.fromkeys(line.treatment for line in invoice.lines if line.vat_category not in {"S", "O"})
    number = invoice.icp.vat_number if invoice.icp else ""
    return tuple(LEGAL_TEXTS[each][language].format(vat_number=number) for each in treatments)
