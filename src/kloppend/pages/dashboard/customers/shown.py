"""What the customers page reads: who waits for a decision beside whom, and what was decided before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kloppend.books.port import ApiBooks
from kloppend.domain.customers import who_is
from kloppend.domain.document import customer_of
from kloppend.domain.invoice import Debtor
from kloppend.domain.order import Order as ShopOrder
from kloppend.domain.problems import Refused
from kloppend.records.documents import party_of
from kloppend.records.models import Connection, KnownCustomer, Order, OrderSnapshot
from kloppend.records.snapshots import load
from kloppend.sync.customers import Undecided, undecided
from kloppend.sync.means import means_of

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonShown:
    """A customer for the screen; `debtor` is None once the personal data was erased."""

    known: KnownCustomer | None
    order: str
    number: str
    debtor: Debtor | None

    @property
    def vat_number(self) -> str:
        """As it is compared: what is no VAT number is none."""
        return who_is(self.debtor).vat_number if self.debtor else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whose are these orders?"""

    new: PersonShown
    orders: Sequence[Order]
    known: Sequence[PersonShown]


def questions(connection: Connection) -> list[Question]:
    """Everything that waits for a person, the oldest order first."""
    return [_question(one) for one in undecided(connection)[:MOST]]


def _question(one: Undecided) -> Question:
    first: dict[int, KnownCustomer] = {}
    for row in one.known:  # one choice per debtor, shown by who was first known as it
        first.setdefault(row.link_id, row)
    return Question(
        new=PersonShown(known=None, order=one.orders[0].shop_order_id, number="", debtor=one.debtor),
        orders=one.orders,
        known=[shown(row) for row in first.values()],
    )


def shown(row: KnownCustomer) -> PersonShown:
    """Who this is, from the order in which they were first seen so."""
    number, order = row.link.number, row.order
    return PersonShown(known=row, order=order.shop_order_id, number=number, debtor=_debtor(order))


def _debtor(order: Order) -> Debtor | None:
    for invoice in order.invoices.order_by("-pk"):
        party = party_of(invoice)
        if party:
            return party[0]
    snapshot = OrderSnapshot.objects.filter(order=order).first()
    return customer_of(load(snapshot.content, ShopOrder)) if snapshot else None


def decided(connection: Connection) -> list[KnownCustomer]:
    """What people decided, the latest first."""
    rows = KnownCustomer.objects.filter(
        administration=connection.administration, how__in=KnownCustomer.BY_A_PERSON, order__connection=connection
    )
    return list(rows.select_related("link", "order").order_by("-since", "-pk")[:MOST])


def may_be_another(connection: Connection) -> bool:
    """Whether the books can be told "another customer" without a number: those that answer can."""
    try:
        return isinstance(means_of(connection).books, ApiBooks)
    except Refused:
        return False


def deciders(rows: Iterable[KnownCustomer]) -> list[str]:
    """The ids of the people who decided."""
    return [row.decided_by for row in rows]
