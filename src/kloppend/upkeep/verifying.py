"""After a restore: what may have been sent that the records do not know, shown to a person, who says what is so.

Until then the connection fetches and decides, and neither seals nor places. The choice per order is "already in the
books" (it is marked so and never sent) or "send it".
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from kloppend.domain.decide import Due, decide
from kloppend.domain.order import Order as ShopOrder
from kloppend.domain.problems import Refused
from kloppend.domain.reasons import Reason
from kloppend.records import problems
from kloppend.records.events import record
from kloppend.records.models import Batch, Connection, Delivery, Order, Run, Timetable
from kloppend.records.snapshots import load
from kloppend.sync.choices import Choices
from kloppend.sync.files.folders import folder_of
from kloppend.sync.files.placing import count_as_placed
from kloppend.sync.runs import readable_choices


@dataclass(frozen=True, slots=True)
class PerhapsSent:
    """An order that was due before the restore, and that the restored records do not know as sent."""

    number: str
    state: str
    total: Decimal | None
    placed_at: datetime | None


@dataclass(frozen=True, slots=True)
class HalfPlaced:
    """A file that was sealed but not placed when the backup was made; `in_folder` proves that it was placed since."""

    name: str
    orders: tuple[str, ...]
    in_folder: bool


@dataclass(frozen=True, slots=True)
class Verification:
    """What a person needs to see. `unknown_files` lie in the folder and are not in the records."""

    taken_at: datetime | None
    fetched_since: bool
    unknown_files: tuple[str, ...]
    half_placed: tuple[HalfPlaced, ...]
    orders: tuple[PerhapsSent, ...]


class NotFetchedYet(Exception):  # noqa: N818 - a finding
    """The shop was not asked to the end since the restore, so the list of orders is not complete."""


class UnknownChoice(ValueError):  # noqa: N818 - a finding
    """An order or file was named that is not on the list; nothing was changed."""


class ListChanged(Exception):  # noqa: N818 - a finding
    """Something is on the list that the person who decided did not see; nothing was changed."""


def look(connection: Connection) -> Verification:
    """What was perhaps sent after the backup. Changes nothing."""
    names = set(connection.batches.values_list("name", flat=True))
    folder = folder_of(connection)
    there = {path.name for path in folder.iterdir() if path.is_file()} if folder.is_dir() else set()
    half = connection.batches.filter(
        state__in=[Batch.State.SEALED, Batch.State.STAGED, Batch.State.UNCERTAIN]
    ).order_by("sequence")
    return Verification(
        taken_at=connection.backup_taken_at,
        fetched_since=_fetched_since(connection),
        unknown_files=tuple(sorted(there - names)),
        half_placed=tuple(_half_placed(batch, batch.name in there) for batch in half),
        orders=tuple(_perhaps_sent(connection, readable_choices(connection))),
    )


def confirm(connection_id: int, sent: Collection[str], at: datetime, *, shown: Collection[str] | None = None) -> None:
    """A person has said which orders and half placed files went out; the connection sends again.

    `sent` holds order numbers and file names of `look`'s list; what is on the list and not in `sent` will be sent.
    `shown` is what the person decided about, when that was asked one by one.
    Raises NotFetchedYet, UnknownChoice, ListChanged.
    """
    with transaction.atomic():
        connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        if not connection.verify_before_sending:
            return
        seen = look(connection)
        if not seen.fetched_since:
            raise NotFetchedYet
        listed = {order.number for order in seen.orders} | {file.name for file in seen.half_placed}
        if unknown := set(sent) - listed:
            raise UnknownChoice(", ".join(sorted(unknown)))
        certain = {file.name for file in seen.half_placed if file.in_folder}
        if shown is not None and listed - certain - set(shown):
            raise ListChanged
        placed = {file.name for file in seen.half_placed if file.in_folder or file.name in sent}
        for batch in connection.batches.select_for_update().filter(name__in=placed):
            count_as_placed(batch, at)
        _mark(connection, sent, at)
        _doubt_intents(connection, at)
        connection.verify_before_sending = False
        connection.save(update_fields=["verify_before_sending"])
        problems.now_stand(connection, None, [], at, source="restore")
        Timetable.objects.filter(pk=connection_id).update(next_fetch_at=None, filed_on=None)


def _fetched_since(connection: Connection) -> bool:
    if connection.restored_at is None or _something_failed(connection):
        return False
    ended = connection.runs.filter(outcome__in=[Run.Outcome.FINE, Run.Outcome.PROBLEM], ended_at__isnull=False)
    return ended.filter(started_at__gte=connection.restored_at).exists()


def _something_failed(connection: Connection) -> bool:
    return connection.problems.filter(source__in=["fetch", "settings", "run"], closed_at=None).exists()


def _half_placed(batch: Batch, in_folder: bool) -> HalfPlaced:
    numbers = set(batch.deliveries.values_list("invoice__order__shop_order_id", flat=True))
    return HalfPlaced(batch.name, tuple(sorted(numbers, key=lambda number: (len(number), number))), in_folder)


def _perhaps_sent(connection: Connection, choices: Choices | None) -> Iterator[PerhapsSent]:
    """Ready ones, and refused ones too: with other settings, made after the backup, they may have gone."""
    open_orders = connection.orders.filter(state__in=[Order.State.READY, Order.State.REFUSED], snapshot__isnull=False)
    rows = open_orders.select_related("snapshot")
    for row in sorted(rows, key=lambda one: (len(one.shop_order_id), one.shop_order_id)):
        if _was_due(connection, load(row.snapshot.content, ShopOrder), choices):
            yield PerhapsSent(row.shop_order_id, row.state, row.total, row.placed_at)


def _was_due(connection: Connection, order: ShopOrder, choices: Choices | None) -> bool:
    """Whether its moment came before the restore; what cannot be told counts as due when it was placed before."""
    restored_at = connection.restored_at
    if restored_at is None or order.placed_at > restored_at:
        return False
    if choices is None:
        return True
    rules = choices.decide_rules()
    try:
        decision = decide(order, rules, today=rules.day(restored_at), already_booked=False)
    except Refused:
        return True
    return isinstance(decision, Due) and decision.triggered_at <= restored_at


def _doubt_intents(connection: Connection, at: datetime) -> None:
    """What the backup knows as not yet posted may have been posted since: it is looked up before anything else."""
    intents = Delivery.objects.filter(invoice__order__connection=connection, state=Delivery.State.INTENDED)
    intents.update(state=Delivery.State.UNCLEAR, sendings=1, sent_at=at, look_ups=0, next_look_at=at)


def _mark(connection: Connection, sent: Collection[str], at: datetime) -> None:
    rows = connection.orders.select_for_update().filter(shop_order_id__in=sent, state__in=Order.NOT_FORWARDED)
    for order in rows.order_by("pk"):
        order.already_booked = True
        order.state, order.reason = Order.State.SKIPPED, Reason.ALREADY_BOOKED.name
        order.save(update_fields=["already_booked", "state", "reason"])
        problems.now_stand(connection, order, [], at, source="settle")
        record(order, "already_booked", at, reason="restored backup")
