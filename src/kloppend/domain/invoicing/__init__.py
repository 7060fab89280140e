"""The heart of the product: explains every cent of a shop's order as an invoice, or refuses with a reason."""

from kloppend.domain.invoicing.engine import make_invoice
from kloppend.domain.invoicing.legal_texts import legal_texts
from kloppend.domain.invoicing.settings import InvoiceSettings
from kloppend.domain.invoicing.vat_number import VatNumberVerdict
from kloppend.domain.invoicing.why import explain_sources, explain_why

__all__ = ["InvoiceSettings", "VatNumberVerdict", "explain_sources", "explain_why", "legal_texts", "make_invoice"]
