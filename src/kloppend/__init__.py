"""Kloppend ("it adds up"): webshop orders become draft invoices in the books, each once and right to the cent."""

__version__ = "0.1.0"
