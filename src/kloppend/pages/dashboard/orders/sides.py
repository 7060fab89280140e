"""What was sent beside what the books showed when they were last asked: the shopkeeper sees both."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext

from kloppend.pages.look.tags import money
from kloppend.records.models import Delivery, Invoice


@dataclass(frozen=True, slots=True)
class Side:
    """One fact on both sides, as shown."""

    what: str
    sent: str
    books: str

    @property
    def differs(self) -> bool:
        """Whether the two are not the same."""
        return self.sent != self.books


def sides_of(invoice: Invoice, delivery: Delivery) -> tuple[Side, ...]:
    """Totals, date and debtor of a posted invoice; what the books did not tell is left out."""
    seen = delivery.read_back
    sums = {
        "gross": (gettext("With VAT"), invoice.total_inc_vat),
        "net": (gettext("Without VAT"), invoice.total_ex_vat + invoice.rounding),
        "vat": (gettext("VAT"), invoice.total_vat),
    }
    found = [
        Side(what, money(sent, invoice.currency), money(Decimal(seen[name]), invoice.currency))
        for name, (what, sent) in sums.items()
        if name in seen
    ]
    if "date" in seen:
        days = (invoice.invoice_date, date.fromisoformat(seen["date"]))
        found.append(Side(gettext("Date"), *(date_format(day, "j F Y") for day in days)))
    if "debtor" in seen:
        found.append(Side(gettext("Debtor number"), delivery.debtor_number, seen["debtor"]))
    return tuple(found)
