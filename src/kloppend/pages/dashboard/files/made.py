"""What the files page reads: files with what is in them, and the orders that a next file could hold."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db.models import Count, QuerySet, Sum

from kloppend.records.models import Batch, Connection, Order

TO_CHOOSE_FROM = 12


def made(connection: Connection) -> QuerySet[Batch]:
    """The connection's files with the number of their invoices and the sum."""
    rows = connection.batches.select_related("route").prefetch_related("events")
    return rows.annotate(invoices=Count("deliveries"), total=Sum("deliveries__invoice__total_inc_vat"))


def ready(connection: Connection) -> QuerySet[Order]:
    """Orders that add up and wait for the next file; those that a person asked for come first."""
    return connection.orders.filter(state=Order.State.READY).order_by("front_at", "pk")


def names_of(ids: Iterable[str]) -> dict[str, str]:
    """Login names by id: the records keep ids only."""
    wanted = {int(one) for one in ids if one.isdecimal()}
    return {str(pk): name for pk, name in User.objects.filter(pk__in=wanted).values_list("pk", "username")}
