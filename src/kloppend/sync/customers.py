"""What a person decides when one e-mail address seems to be of two customers; kept, and applied to all their orders."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db import transaction
from django.db.models import QuerySet

from kloppend.books.port import ApiBooks
from kloppend.domain.customers import Who
from kloppend.domain.document import customer_of
from kloppend.domain.invoice import Debtor
from kloppend.domain.order import Order as ShopOrder
from kloppend.domain.problems import Problem, Refused
from kloppend.records.customers import another_link, keys_of, known_customers, lock_customers
from kloppend.records.events import record
from kloppend.records.models import BY_NUMBER, Connection, DebtorLink, KnownCustomer, Order
from kloppend.records.secrets import email_hash
from kloppend.records.snapshots import load
from kloppend.sync.means import Means, means_of
from kloppend.sync.settle import locked_orders, reconsider

CODES = ("SAME_EMAIL_OTHER_CUSTOMER", "DEBTOR_VAT_NUMBER_DIFFERS", "DEBTOR_NUMBER_UNKNOWN", "DEBTOR_NUMBER_NEEDED")
"""Problems that such a decision solves."""
LONGEST_NUMBER = 60
Decision = Literal["same", "different", "number"]


@dataclass(frozen=True, slots=True)
class Undecided:
    """Orders of one customer that wait, the first one first, and who is known by the same address."""

    debtor: Debtor
    orders: Sequence[Order]
    known: Sequence[KnownCustomer]


def held_orders(connection: Connection) -> QuerySet[Order]:
    """Orders not forwarded because nobody has said yet whose they are."""
    waiting = connection.orders.filter(state=Order.State.REFUSED, snapshot__isnull=False)
    told = waiting.filter(problems__code__in=CODES, problems__closed_at=None).distinct()
    return Order.objects.filter(pk__in=told.values("pk")).order_by(*BY_NUMBER)


def undecided(connection: Connection) -> list[Undecided]:
    """Every customer about whom a person must say something."""
    found: dict[tuple[str, object], Undecided] = {}
    for order in held_orders(connection).select_related("snapshot"):
        debtor = debtor_of(order)
        if not debtor.email:
            continue
        key = (email_hash(debtor.email), keys_of(debtor))
        before = found.get(key)
        if before:
            found[key] = Undecided(before.debtor, [*before.orders, order], before.known)
        else:
            found[key] = Undecided(debtor, [order], others(connection, debtor))
    return list(found.values())


def others(connection: Connection, debtor: Debtor) -> list[KnownCustomer]:
    """Who else is known by this customer's e-mail address."""
    who, known = keys_of(debtor), known_customers(connection.administration_id, debtor.email)
    return [row for row in known if Who(row.company_hash, row.vat_hash) != who]


def debtor_of(order: Order) -> Debtor:
    """The customer, as the latest snapshot of the order names them."""
    return customer_of(load(order.snapshot.content, ShopOrder))


def decide_customer(
    connection: Connection, number: str, decision: Decision, told: str, at: datetime, by: str
) -> list[str]:
    """A person says who the customer of this order is; the numbers of the orders that were waiting for it.

    `told`: for "same" the pk of the link that is meant, for "number" the debtor number. Raises Refused, having changed
    nothing, when the order does not wait for that or what was said cannot be.
    """
    means = _means(connection)
    with transaction.atomic():
        Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        orders = list(locked_orders().filter(pk__in=held_orders(connection).values("pk")).order_by(*BY_NUMBER))
        lock_customers(connection.administration_id)
        asked = next((order for order in orders if order.shop_order_id == number), None)
        if asked is None:
            raise Refused(Problem.of("CUSTOMER_NOT_ASKED_FOR", order=number))
        debtor = debtor_of(asked)
        link = _link(connection, debtor, decision, told, means, at, by)
        _keep(connection, asked, debtor, link, decision, at, by)
        waited = list(_of_the_same(orders, debtor))
        for order in waited:
            record(order, "customer_decided", at, how=decision, debtor=link.number, by=by)
            reconsider(connection, order, means, at)
    return [order.shop_order_id for order in waited]


def _link(
    connection: Connection, debtor: Debtor, decision: Decision, told: str, means: Means | None, at: datetime, by: str
) -> DebtorLink:
    known, administration = others(connection, debtor), connection.administration_id
    if decision == "same":
        meant = next((row.link for row in known if str(row.link_id) == told), None)
        if meant is None:
            raise Refused(Problem.of("DEBTOR_CHOICE_INVALID"))
        return meant
    if decision == "different":
        if means is None or not isinstance(means.books, ApiBooks):  # a file says "another one" only by its number
            raise Refused(Problem.of("DEBTOR_CHOICE_INVALID"))
        return another_link(administration, debtor.email)
    if not told.isprintable() or not 1 <= len(told) <= LONGEST_NUMBER:
        raise Refused(Problem.of("DEBTOR_CHOICE_INVALID"))
    link = next((row.link for row in known if row.link.number == told), None) or another_link(
        administration, debtor.email
    )
    link.number, link.how, link.told_at, link.told_by = told, DebtorLink.How.CHOSEN, at, by
    link.save(update_fields=["number", "how", "told_at", "told_by"])
    return link


def _keep(
    connection: Connection, order: Order, debtor: Debtor, link: DebtorLink, decision: Decision, at: datetime, by: str
) -> None:
    who = keys_of(debtor)
    KnownCustomer.objects.update_or_create(
        administration=connection.administration,
        email_hash=email_hash(debtor.email),
        company_hash=who.company,
        vat_hash=who.vat_number,
        defaults={"link": link, "order": order, "how": decision, "since": at, "decided_by": by},
    )


def _of_the_same(orders: Sequence[Order], debtor: Debtor) -> Iterator[Order]:
    """Those of the same address that wait: a decision about one pair may answer for others too."""
    address = email_hash(debtor.email)
    for order in orders:
        other = debtor_of(order)
        if other.email and email_hash(other.email) == address:
            yield order


def _means(connection: Connection) -> Means | None:
    """None when the settings are wrong: then the orders wait until they are right."""
    try:
        return means_of(connection)
    except Refused:
        return None
