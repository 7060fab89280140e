"""The button "Test this order": what would go to the books, and what they say to it. Nothing is ever posted here."""

from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kloppend.books.port import Accepted, ApiBooks, BooksTrouble, FileBooks, FileHeading
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Refused
from kloppend.domain.reference import reference_of
from kloppend.pages.access import Visit, owners_action
from kloppend.records.models import Delivery, Order
from kloppend.sync.assess import Assessment
from kloppend.sync.means import Means, means_of
from kloppend.sync.posting.intents import document_of
from kloppend.sync.settle import assess_row
from kloppend.sync.trying import try_order


@owners_action
def try_out(visit: Visit, number: str) -> HttpResponse:
    """Decide on the order as the shop last showed it, and have the books check the invoice that would come of it."""
    order = get_object_or_404(Order, connection=visit.connection, shop_order_id=number.replace("\0", ""))
    shown: dict[str, object] = {}
    try:
        means = means_of(visit.connection)
        at = datetime.now(UTC)
        found = _assessed(order, means, at)
        shown = {"reason": found.reason, "problems": found.problems, "document": found.document}
        if found.document:
            shown["lines"] = [(line, found.document.booking(line)) for line in found.document.invoice.lines]
            shown |= _tried(order, means, found.document, at)
    except Refused as refused:
        shown["problems"] = [refused.problem]
    except BooksTrouble as trouble:
        shown["problems"] = [trouble.problem]
    return visit.show("dashboard/books/tried.html", order=order, **shown)


def _assessed(order: Order, means: Means, at: datetime) -> Assessment:
    """What would be made of it now; of one that waits to be posted what was made."""
    intent = Delivery.objects.filter(invoice__order=order, state=Delivery.State.INTENDED).first()
    if intent:
        return Assessment(state="ready", document=document_of(intent))
    if order.state in Order.NOT_FORWARDED and hasattr(order, "snapshot"):
        return assess_row(order, means.choices, means.books, means.today(at))
    return Assessment(state=order.state)


def _tried(order: Order, means: Means, document: Document, at: datetime) -> dict[str, object]:
    if not isinstance(means.books, ApiBooks):
        return {"file": _rendered(order, means.books, document, means, at)}
    reference = reference_of(order.shop.shop_id, order.shop_order_id)
    tried = try_order(means.books, document, reference)
    accepted = isinstance(tried.outcome, Accepted)
    problems = [*tried.notes, *([] if isinstance(tried.outcome, Accepted) else [tried.outcome.problem])]
    vat = [(code, base, tax) for code, (base, tax) in sorted(tried.vat.items())]
    return {"tried": tried, "accepted": accepted, "problems": problems, "vat": vat}


def _rendered(order: Order, books: FileBooks, document: Document, means: Means, at: datetime) -> str:
    """What a file of this order alone would say."""
    connection = order.connection
    heading = FileHeading(
        administration=connection.administration.label,
        shop_name=connection.name,
        business_date=means.today(at),
        number=1,
    )
    return books.render(heading, [document]).content.decode("utf-8", "replace")
