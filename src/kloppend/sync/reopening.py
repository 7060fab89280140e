"""An order that provably did not go out is back among those not forwarded, and decided again."""

from datetime import datetime

from kloppend.domain.order import NEVER_CONFIRMED
from kloppend.domain.reasons import Reason
from kloppend.records import problems
from kloppend.records.events import record
from kloppend.records.models import Connection, Order, OrderSnapshot
from kloppend.sync.means import Means
from kloppend.sync.settle import reconsider


def reopen(connection: Connection, order: Order, means: Means | None, at: datetime, kind: str, **detail: str) -> None:
    """Decide again, after an event of this kind. What the shop no longer shows readably is not booked from memory.

    The caller holds the order's row lock, and has made its invoice void.
    """
    unreadable = order.problems.filter(source="read", closed_at=None).first()
    order.state, order.reason, order.booked_fingerprint = Order.State.WAITING, "", ""
    if order.status_id == NEVER_CONFIRMED:
        order.reason = Reason.NOT_CONFIRMED.name
        problems.now_stand(connection, order, [], at, source="read")
    elif unreadable:
        order.state, order.reason, order.modified_at = Order.State.REFUSED, unreadable.code, None
    order.save(update_fields=["state", "reason", "booked_fingerprint", "modified_at"])
    record(order, kind, at, **detail)
    problems.now_stand(connection, order, [], at, source="keep")
    if order.reason:
        OrderSnapshot.objects.filter(order=order).delete()
    else:
        reconsider(connection, order, means, at)
