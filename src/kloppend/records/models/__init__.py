"""The tables, a noun per file. Personal data stands in `personal.py` only, in rows that can be erased."""

from kloppend.records.models.batch_event import BatchEvent
from kloppend.records.models.books_tokens import AskedConsent, BooksOffer, BooksTokens
from kloppend.records.models.comparison import Comparison
from kloppend.records.models.connection import Administration, Connection, Merchant, Shop
from kloppend.records.models.customer import DebtorLink, KnownCustomer
from kloppend.records.models.delivery import Batch, Delivery
from kloppend.records.models.event import Event
from kloppend.records.models.invoice import Invoice, InvoiceLine
from kloppend.records.models.layout import LayoutVerified, vouched_layouts
from kloppend.records.models.licence import Licence
from kloppend.records.models.mail import MailSent
from kloppend.records.models.order import BY_NUMBER, Order
from kloppend.records.models.people import Membership
from kloppend.records.models.personal import BatchContent, InvoiceParty, OrderSnapshot, SentDocument
from kloppend.records.models.problem import Problem
from kloppend.records.models.route import Route
from kloppend.records.models.schedule import Run, Timetable
from kloppend.records.models.vat_check import VatCheck

__all__ = [
    "BY_NUMBER",
    "Administration",
    "AskedConsent",
    "Batch",
    "BatchContent",
    "BatchEvent",
    "BooksOffer",
    "BooksTokens",
    "Comparison",
    "Connection",
    "DebtorLink",
    "Delivery",
    "Event",
    "Invoice",
    "InvoiceLine",
    "InvoiceParty",
    "KnownCustomer",
    "LayoutVerified",
    "Licence",
    "MailSent",
    "Membership",
    "Merchant",
    "Order",
    "OrderSnapshot",
    "Problem",
    "Route",
    "Run",
    "SentDocument",
    "Shop",
    "Timetable",
    "VatCheck",
    "vouched_layouts",
]
