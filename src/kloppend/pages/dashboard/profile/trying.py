"""A layout tried on a real order: the XML that comes of it, beside the invoice it was made from."""

from dataclasses import dataclass
from datetime import date

from kloppend.books.asperion.axml import AxmlBooks
from kloppend.books.port import FileHeading
from kloppend.domain.problems import Problem, Refused
from kloppend.pages.dashboard.orders.order_shown import InvoiceShown, invoice_to_be
from kloppend.records.models import Connection, Order
from kloppend.sync.choices import choices_of
from kloppend.sync.settle import assess_row

OFFERED = 20
_FIRST = (Order.State.READY, Order.State.SEALED, Order.State.DELIVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the layout makes of one order; `problem` or `reason` (a code) when it makes nothing of it."""

    number: str
    xml: str = ""
    file_name: str = ""
    invoice: InvoiceShown | None = None
    problems: tuple[Problem, ...] = ()
    reason: str = ""


def orders_to_try(connection: Connection) -> list[str]:
    """The numbers of the latest orders that became an invoice or soon will, then of others."""
    newest = connection.orders.filter(snapshot__isnull=False).order_by("-pk")
    good = newest.filter(state__in=_FIRST).values_list("shop_order_id", flat=True)[:OFFERED]
    other = newest.exclude(state__in=_FIRST).values_list("shop_order_id", flat=True)[:OFFERED]
    return [*good, *other][:OFFERED]


def try_layout(connection: Connection, books: AxmlBooks, number: str, today: date) -> Tried | None:
    """Make a file of this one order, keeping nothing; None when there is no such order to try it on."""
    order = connection.orders.filter(shop_order_id=number, snapshot__isnull=False).select_related("snapshot").first()
    if order is None:
        return None
    try:
        found = assess_row(order, choices_of(connection.settings), books, today)
    except ValueError as error:
        return Tried(number=number, problems=(Problem.of("SETTINGS_INVALID", what=error),))
    if found.document is None:
        return Tried(number=number, problems=found.problems, reason=found.reason)
    heading = FileHeading(
        administration=connection.administration.label, shop_name=connection.name, business_date=today, number=1
    )
    try:
        rendered = books.render(heading, [found.document])
        wrong = books.check(rendered.content, [found.document])
    except Refused as refused:
        return Tried(number=number, problems=(refused.problem,))
    return Tried(
        number=number,
        xml=rendered.content.decode(books.profile.switches.encoding),
        file_name=rendered.name,
        invoice=invoice_to_be(found.document),
        problems=wrong,
    )
