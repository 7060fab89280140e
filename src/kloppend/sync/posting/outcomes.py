"""What became of a sending, written down. Each function is one transaction, and does nothing for a state it is not for:
another process may have gone on meanwhile.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from kloppend.domain.problems import Problem
from kloppend.domain.unclear import LOOK_UPS_AFTER
from kloppend.records import problems
from kloppend.records.credit_notes import make_void
from kloppend.records.events import record
from kloppend.records.models import Delivery, Invoice, Order
from kloppend.sync.posting.intents import is_credit, locked, locked_connection, make_uncertain, may_send, source_of

State = Delivery.State
PERHAPS_BOOKED_TWICE = (State.CONFIRMED, State.REJECTED, State.WITHDRAWN)


def mark_sending(
    delivery_pk: int, debtor: str, vat: Mapping[str, tuple[Decimal, Decimal]], at: datetime, *, shared: bool
) -> int:
    """Committed before the request leaves: which sending of this delivery it is; 0 when it is not to be sent now.

    The intent may be gone, and the connection paused, or in doubt after a restore, since the intent was committed.
    """
    with transaction.atomic():
        connection_pk = Delivery.objects.values_list("invoice__order__connection", flat=True).get(pk=delivery_pk)
        connection = locked_connection(connection_pk)
        order, delivery = locked(delivery_pk)
        if delivery.state != State.INTENDED or not may_send(connection, delivery.administration_id):
            return 0
        delivery.state, delivery.sent_at, delivery.look_ups = State.SENDING, at, 0
        delivery.sendings += 1
        delivery.debtor_number, delivery.debtor_shared = debtor, shared
        delivery.vat_sent = {code: [str(base), str(tax)] for code, (base, tax) in vat.items()}
        delivery.next_look_at = at + LOOK_UPS_AFTER[0]
        delivery.save()
        record(order, "sending", at, reference=delivery.reference or "", debtor=debtor)
        return delivery.sendings


def not_sent(delivery_pk: int, sending: int, at: datetime) -> None:
    """This sending certainly did not arrive: as if it had not been tried."""
    with transaction.atomic():
        order, delivery = locked(delivery_pk)
        if delivery.state not in Delivery.PERHAPS_IN_BOOKS or delivery.sendings != sending:
            return
        delivery.state, delivery.sendings, delivery.next_look_at = State.INTENDED, sending - 1, None
        delivery.save(update_fields=["state", "sendings", "next_look_at"])
        if order.state == Order.State.UNCERTAIN and sending == 1 and not is_credit(delivery):
            order.state = Order.State.SEALED
            order.save(update_fields=["state"])
        record(order, "not_sent", at)


def unclear(delivery_pk: int, sending: int, problem: Problem, at: datetime) -> None:
    """It may have arrived: quarantine, with look-ups."""
    with transaction.atomic():
        order, delivery = locked(delivery_pk)
        if delivery.state != State.SENDING or delivery.sendings != sending:
            return
        delivery.state = State.UNCLEAR
        delivery.save(update_fields=["state"])
        make_uncertain(order, delivery)
        problems.now_stand(order.connection, order, [problem], at, source=source_of(delivery))
        record(order, "unclear", at, code=problem.code)


def rejected(delivery_pk: int, sending: int, problem: Problem, at: datetime) -> None:
    """The books do not want it. After a first sending nothing can be there: void. After a second, the first may be."""
    with transaction.atomic():
        order, delivery = locked(delivery_pk)
        if delivery.state not in Delivery.PERHAPS_IN_BOOKS or delivery.sendings != sending:
            return
        if sending > 1:
            delivery.state = State.UNCLEAR
            delivery.save(update_fields=["state"])
            make_uncertain(order, delivery)
            record(order, "unclear", at, code=problem.code)
        else:
            refuse(order, delivery, at, problem.code)
        problems.now_stand(order.connection, order, [problem], at, source=source_of(delivery))


def refuse(order: Order, delivery: Delivery, at: datetime, code: str) -> None:
    """Void, and not tried again until the order changes or somebody asks. The caller holds the locks."""
    if is_credit(delivery):
        _refuse_credit(order, delivery, at, code)
        return
    Invoice.objects.filter(pk=delivery.invoice_id).update(void=True)
    delivery.state, delivery.next_look_at = State.REJECTED, None
    delivery.save(update_fields=["state", "next_look_at"])
    order.state, order.reason = Order.State.REFUSED, code
    order.save(update_fields=["state", "reason"])
    problems.now_stand(order.connection, order, [], at, source="keep")
    record(order, "refused", at, reason=code)


def _refuse_credit(order: Order, delivery: Delivery, at: datetime, code: str) -> None:
    """What it took is there to credit again; an order that was to be invoiced anew after it stands as it was."""
    make_void(delivery.invoice)
    delivery.state, delivery.next_look_at = State.REJECTED, None
    delivery.save(update_fields=["state", "next_look_at"])
    if order.state in Order.NOT_FORWARDED:
        order.state, order.reason = Order.State.DELIVERED, ""
        order.save(update_fields=["state", "reason"])
        problems.now_stand(order.connection, order, [], at, source="settle")
    record(order, "credit_refused", at, reason=code)


def confirmed(
    delivery_pk: int, external_id: str, notes: Sequence[Problem], at: datetime, *, how: str, by: str = ""
) -> None:
    """It is in the books under this name, whatever we thought before."""
    with transaction.atomic():
        order, delivery = locked(delivery_pk)
        if delivery.state in PERHAPS_BOOKED_TWICE:
            _told_twice(order, delivery, external_id, at)
            return
        delivery.state, delivery.external_id, delivery.delivered_at = State.CONFIRMED, external_id or None, at
        delivery.next_look_at, delivery.decided_by = None, by
        delivery.save()
        if order.state in (Order.State.SEALED, Order.State.UNCERTAIN) and not is_credit(delivery):
            order.state = Order.State.DELIVERED
            order.save(update_fields=["state"])
        problems.now_stand(order.connection, order, notes, at, source=source_of(delivery))
        record(order, "booked", at, id=external_id, how=how, by=by)


def _told_twice(order: Order, delivery: Delivery, external_id: str, at: datetime) -> None:
    """A late answer of a sending that was settled otherwise: the same name is no news, another one a double."""
    if external_id and delivery.external_id != external_id:
        ids = ", ".join(filter(None, (delivery.external_id, external_id)))
        double = Problem.of("BOOKED_TWICE", order=order.shop_order_id, ids=ids)
        problems.now_stand(order.connection, order, [double], at, source=source_of(delivery))
        record(order, "booked_twice", at, ids=ids)
