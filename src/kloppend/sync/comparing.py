"""Comparing what was forwarded with an export of the books: the report is kept, and a person makes problems of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from kloppend.domain.booked import ExportedEntry
from kloppend.domain.compare_export import Compared, Expected, Finding, compare_export, problem_of
from kloppend.domain.problems import Problem
from kloppend.records import problems
from kloppend.records.models import BY_NUMBER, Batch, Comparison, Connection, Delivery, Invoice, Order

TO_REPORT = ("differs", "doubled")
"""What is wrong whatever else is so. A missing one may be a concept, or not be imported yet."""
LONGEST = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What somebody uploaded: its entries as a stream, and what is kept of the file."""

    kind: Comparison.Kind
    entries: Iterable[ExportedEntry]
    sha256: str
    size: int
    columns: dict[str, str]


def compare_books(connection: Connection, export: Export, first: date, last: date, at: datetime, by: str) -> Comparison:
    """Compare the invoices of a period, and keep the report. What the reader of the export raises passes through.

    Orders that are found equal now have no problem of an earlier comparison any more.
    """
    sent = _sent(connection)
    period = Q(invoice_date__gte=first, invoice_date__lte=last)
    compared = compare_export(
        _expected(connection, sent.filter(period, _arrived())),
        export.entries,
        known=_expected(connection, sent.exclude(period & _arrived())),
        period=(first, last),
    )
    with transaction.atomic():
        row = Comparison.objects.create(
            connection=connection,
            made_at=at,
            made_by=by,
            kind=export.kind,
            sha256=export.sha256,
            size=export.size,
            columns=export.columns,
            first_day=first,
            last_day=last,
            entries=compared.entries,
            counts=compared.counts() | {"others": compared.others},
            findings=[_stored(finding) for finding in compared.findings],
        )
        _close(connection, compared, at)
    return row


def _sent(connection: Connection) -> QuerySet[Invoice]:
    """Of everything that books into this administration: another shop of the merchant may use the same numbers."""
    return Invoice.objects.filter(
        order__connection__administration=connection.administration_id, void=False, delivery__isnull=False
    )


def _arrived() -> Q:
    """In a file that was placed, or confirmed; what a person put in by hand has a description of its own."""
    by_file = Q(delivery__batch__state__in=[Batch.State.PLACED, Batch.State.FETCHED])
    return (by_file | Q(delivery__state=Delivery.State.CONFIRMED)) & Q(delivery__by_hand=False)


def _expected(connection: Connection, invoices: QuerySet[Invoice]) -> list[Expected]:
    rows = invoices.order_by("pk").values_list("kind", "order__shop_order_id", "total_inc_vat", "order__connection_id")
    return [
        Expected(
            kind="credit" if kind == Invoice.Kind.CREDIT else "invoice",
            order=number,
            gross=gross,
            here=of == connection.pk,
        )
        for kind, number, gross, of in rows
    ]


def _stored(finding: Finding) -> dict[str, Any]:
    """As JSON. Texts of the export are cut: a column may hold something else than was said."""
    return {
        "outcome": finding.outcome,
        "kind": finding.kind,
        "order": finding.order[:LONGEST],
        "ours": None if finding.ours is None else str(finding.ours),
        "theirs": None if finding.theirs is None else str(finding.theirs),
        "numbers": [number[:LONGEST] for number in finding.numbers[:10]],
        "booked_on": finding.booked_on.isoformat() if finding.booked_on else None,
        "problem": _as_row(finding),
    }


def _as_row(finding: Finding) -> dict[str, Any] | None:
    problem = problem_of(finding)
    return {"code": problem.code, "detail": dict(problem.detail)} if problem else None


def _close(connection: Connection, compared: Compared, at: datetime) -> None:
    wrong = {finding.order for finding in compared.findings if finding.outcome in TO_REPORT}
    equal = {finding.order for finding in compared.findings if finding.outcome == "equal"} - wrong
    open_ones = connection.problems.filter(source="compare", closed_at=None, order__shop_order_id__in=equal)
    for order in Order.objects.select_for_update().filter(pk__in=open_ones.values("order")).order_by(*BY_NUMBER):
        problems.now_stand(connection, order, [], at, source="compare")


def report_problems(comparison: Comparison, at: datetime, by: str) -> int:
    """Make problems of what differs or is doubled; how many orders have one now. Nothing is sent or changed."""
    connection = comparison.connection
    with transaction.atomic():
        Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        wrong: dict[str, list[Problem]] = {}
        for finding in comparison.findings:
            if finding["outcome"] in TO_REPORT and finding["problem"]:
                found = Problem(finding["problem"]["code"], finding["problem"]["detail"])
                wrong.setdefault(finding["order"], []).append(found)
        orders = Order.objects.select_for_update().filter(connection=connection, shop_order_id__in=wrong)
        for order in orders.order_by(*BY_NUMBER):
            problems.now_stand(connection, order, wrong[order.shop_order_id], at, source="compare")
        comparison.reported_at, comparison.reported_by = at, by
        comparison.save(update_fields=["reported_at", "reported_by"])
    return len(wrong)


def files_of_missing(comparison: Comparison) -> list[tuple[Batch, list[str], int]]:
    """The files that hold what is missing: each with those order numbers, and how many documents it has in all."""
    missing = [finding["order"] for finding in comparison.findings if finding["outcome"] == "missing"]
    deliveries = Delivery.objects.filter(
        invoice__order__connection=comparison.connection,
        invoice__order__shop_order_id__in=missing,
        invoice__void=False,
        batch__isnull=False,
    )
    found: dict[Batch, list[str]] = {}
    for delivery in deliveries.select_related("batch", "invoice__order").order_by("batch_id", "pk"):
        if delivery.batch:
            found.setdefault(delivery.batch, []).append(delivery.invoice.order.shop_order_id)
    return [(batch, _once(numbers), batch.deliveries.count()) for batch, numbers in found.items()]


def _once(numbers: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(numbers))
