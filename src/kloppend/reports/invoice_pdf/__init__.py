"""A plain PDF of an invoice, to lie beside it in books that take attachments.

The font is DejaVu Sans, as it is, under its own free licence (LICENSE in this folder): Latin, Greek and Cyrillic.
"""

from kloppend.reports.invoice_pdf.drawing import invoice_pdf

__all__ = ["invoice_pdf"]
