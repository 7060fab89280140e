"""What the report reads: deliveries with their invoice, order and file, in one query."""

from django.db.models import QuerySet

from kloppend.records.models import Connection, Delivery


def forwarded(connection: Connection, number: str = "") -> QuerySet[Delivery]:
    """Deliveries through this connection; with a number only those of that order. Recalled ones are not forwarded."""
    found = Delivery.objects.filter(batch__connection=connection, invoice__void=False)
    if number:
        found = found.filter(invoice__order__shop_order_id=number)
    return found.select_related("invoice__order", "batch")
