"""Shows what the demo did, out of the records: counts, refusals with their reason, VAT per rate, and the files."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal

from django.db.models import F, QuerySet
from django.db.models.functions import Length
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kloppend.domain.problems import Problem as DomainProblem
from kloppend.domain.reasons import Reason
from kloppend.records.models import Connection, Invoice, Order, Problem
from kloppend.sync.files.folders import folder_of
from kloppend.sync.pipeline import Run

Runs = Sequence[tuple[Connection, Run]]


def report(runs: Runs, console: Console) -> None:
    """Print everything for these connections; amounts in euro."""
    connections = [connection for connection, _ in runs]
    console.print(_counts(connections))
    _refusals(connections, console)
    _not_due(connections, console)
    console.print()
    console.print(_vat(connections))
    _files(connections, console)
    if _connection_problems(connections, console):
        console.print("\n[bold]Not complete: see above what to do, and run it again.[/bold]")
    elif all(run.nothing_new for _, run in runs):
        console.print("\n[bold]Nothing was new: no order was passed on again, and no file was made or changed.[/bold]")


def shown(text: object) -> str:
    """A text from outside as the screen may have it: no control characters, and brackets are only brackets."""
    return escape("".join(character if character.isprintable() else " " for character in str(text)))


def _counts(connections: Sequence[Connection]) -> Table:
    columns = ("Store", "seen", "invoiced", "next file", "waiting", "refused", "skipped")
    table = Table(*columns, title="Orders", title_justify="left")
    for connection in connections:
        states = Counter(connection.orders.values_list("state", flat=True))
        invoiced = sum(count for state, count in states.items() if state not in Order.NOT_FORWARDED)
        row = (states.total(), invoiced, *(states[state] for state in ("ready", "waiting", "refused", "skipped")))
        table.add_row(shown(connection.name), *map(str, row))
    return table


def _refusals(connections: Sequence[Connection], console: Console) -> None:
    about_orders = Problem.objects.filter(connection__in=connections, order__isnull=False, closed_at=None)
    refused = about_orders.filter(order__state=Order.State.REFUSED, code=F("order__reason"))
    console.print("\n[bold]Refused, and why[/bold]")
    _print_problems(refused, console)
    afterwards = about_orders.filter(code__endswith="_AFTER_BOOKING")
    if afterwards.exists():
        console.print("\n[bold]Changed after they were invoiced[/bold]")
        _print_problems(afterwards, console)


def _print_problems(rows: QuerySet[Problem], console: Console) -> None:
    numbered = rows.select_related("order", "connection")
    for row in numbered.order_by("connection__name", Length("order__shop_order_id"), "order__shop_order_id"):
        number = row.order.shop_order_id if row.order else ""
        cause = shown(DomainProblem(row.code, row.detail).text("en").cause)
        console.print(
            f"  {shown(row.connection.name)}, order {number}: [bold]{row.code}[/bold] {cause}", soft_wrap=True
        )


def _not_due(connections: Sequence[Connection], console: Console) -> None:
    console.print("\n[bold]Not due[/bold]")
    for connection in connections:
        groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for order in connection.orders.filter(state__in=["waiting", "skipped"]).order_by("pk"):
            groups[order.state, order.reason].append(order.shop_order_id)
        for (state, reason), numbers in sorted(groups.items()):
            text = f"{state}: {Reason[reason].text('en')} Orders {', '.join(numbers)}"
            console.print(f"  {shown(connection.name)}, {text}", soft_wrap=True)


def _vat(connections: Sequence[Connection]) -> Table:
    heading = "Invoiced per VAT rate (EUR)"
    table = Table("Store", "VAT", "net", "VAT amount", "gross", title=heading, title_justify="left")
    for connection in connections:
        sums: defaultdict[tuple[Decimal, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
        for invoice in Invoice.objects.filter(order__connection=connection, void=False):
            for row in invoice.vat_summary:
                total = sums[Decimal(row["rate"]), row["category"]]
                total[0] += Decimal(row["base"])
                total[1] += Decimal(row["vat"])
        for (rate, category), (net, vat) in sorted(sums.items(), reverse=True):
            label = f"{rate.normalize():f}% ({category})"
            table.add_row(shown(connection.name), label, f"{net:.2f}", f"{vat:.2f}", f"{net + vat:.2f}")
    return table


def _files(connections: Sequence[Connection], console: Console) -> None:
    console.print("\n[bold]Files[/bold]")
    for connection in connections:
        for batch in connection.batches.order_by("sequence"):
            count = counted(batch.deliveries.count(), "invoice")
            console.print(f"  {shown(folder_of(connection) / batch.name)}  ({count}, {batch.state})", soft_wrap=True)
            for note in batch.notes:
                text = DomainProblem(note["code"], note["detail"]).text("en")
                console.print(f"    note: {shown(text.cause)}", soft_wrap=True)


def _connection_problems(connections: Sequence[Connection], console: Console) -> bool:
    standing = Problem.objects.filter(connection__in=connections, order=None, closed_at=None)
    for row in standing.select_related("connection"):
        text = DomainProblem(row.code, row.detail).text("en")
        console.print(f"\n[red]{shown(row.connection.name)}: {row.code}[/red] {shown(text.cause)}", soft_wrap=True)
        console.print(f"  {shown(text.fix)}", soft_wrap=True)
    return bool(standing)


def counted(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
