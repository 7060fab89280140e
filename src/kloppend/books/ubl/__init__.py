"""UBL 2.1 invoices (EN 16931 with the Dutch NLCIUS): a zip with one file per invoice, for any package that reads it."""

from kloppend.books.ubl.channel import UblBooks

__all__ = ["UblBooks"]
