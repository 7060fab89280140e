"""The heart of the product: explains every cent of a shop's order as an invoice, or refuses with a reason."""

from kloppend.domain.invoicing.engine import make_invoice
from kloppend.domain.invoicing.settings import InvoiceSettings
from kloppend.domain.invoicing.why import explain_why

__all__ = ["InvoiceSettings", "explain_why", "make_invoice"]
