"""What only a person can decide: an invoice of which nobody knows whether it is in the books, is there, or is not."""

from datetime import datetime

from django.db import transaction

from kloppend.books.port import ApiBooks, BooksTrouble
from kloppend.domain.problems import Problem, Refused
from kloppend.records import problems
from kloppend.records.events import record
from kloppend.records.models import Delivery, Order
from kloppend.sync.means import Means
from kloppend.sync.posting import outcomes
from kloppend.sync.posting.intents import is_credit, locked, locked_connection, source_of

State = Delivery.State


def uncertain_delivery(order: Order) -> Delivery | None:
    """The order's sending that may or may not be in the books, if there is one."""
    deliveries = Delivery.objects.filter(invoice__order=order, invoice__void=False, state=State.UNCLEAR)
    return deliveries.select_related("invoice__order").order_by("pk").first()


def it_is_there(order: Order, means: Means, external_id: str, at: datetime, by: str) -> None:
    """A person found it, under this id of the books. Raises Refused when it is not uncertain, or not there."""
    delivery = _uncertain(order)
    taken = Delivery.objects.filter(administration=delivery.administration_id, external_id=external_id).exists()
    if taken or not isinstance(means.books, ApiBooks):
        raise Refused(Problem.of("BOOKED_ID_NOT_FOUND", order=order.shop_order_id, id=external_id))
    try:
        booked = means.books.read_back(external_id)
    except BooksTrouble as trouble:
        raise Refused(trouble.problem) from trouble
    ours = booked is not None and booked.reference in ("", delivery.reference)  # another order's mark is another's
    if not ours:
        raise Refused(Problem.of("BOOKED_ID_NOT_FOUND", order=order.shop_order_id, id=external_id))
    outcomes.confirmed(delivery.pk, external_id, (), at, how="person", by=by)


def it_is_not_there(order: Order, at: datetime, by: str) -> None:
    """A person looked and it is not there: it goes out with the next run. Raises Refused as `it_is_there` does.

    Not while it is still being looked up: what is not there yet may come.
    """
    seen = _uncertain(order)
    with transaction.atomic():
        locked_connection(order.connection_id)
        row, delivery = locked(seen.pk)
        if delivery.state != State.UNCLEAR or delivery.next_look_at is not None:
            raise Refused(Problem.of("ORDER_STILL_LOOKED_UP", order=order.shop_order_id))
        delivery.state, delivery.sendings, delivery.decided_by = State.INTENDED, 0, by
        delivery.save(update_fields=["state", "sendings", "decided_by"])
        if row.state == Order.State.UNCERTAIN and not is_credit(delivery):
            row.state = Order.State.SEALED
            row.save(update_fields=["state"])
        problems.now_stand(row.connection, row, [], at, source=source_of(delivery))
        record(row, "not_there", at, by=by)


def _uncertain(order: Order) -> Delivery:
    delivery = uncertain_delivery(order)
    if delivery is None:
        raise Refused(Problem.of("ORDER_NOT_UNCERTAIN", order=order.shop_order_id))
    return delivery
