"""`kloppend sync`: from fetch to file, now, for one connection or all that are active."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kloppend.outside.postgres import EmbeddedPostgresError
from kloppend.web.home import HomeError, at_home, home_folder

if TYPE_CHECKING:
    from kloppend.records.models import Connection

FINE, NOT_DONE, USAGE = 0, 1, 2
ASK_AGAIN = 0.5


def sync(
    connection: Annotated[str, typer.Argument(help="Its name or its number; without one: all that are active.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="For programs; docs/running.md names the keys.")] = False,
    wait: Annotated[
        float, typer.Option(help="Seconds to wait for another process that is running the connection.", min=0)
    ] = 120.0,
) -> None:
    """Fetch, decide, invoice and make the day's file now. It never does anything twice.

    Exit status: 0 all is well; 1 something could not be done (the shop is down, the connection is busy or not active,
    a file could not be placed); 2 there is no such connection. Orders that were refused are no failure of the run.
    """
    console = Console(stderr=as_json)
    try:
        with at_home(home_folder()):
            _sync(connection, console, as_json=as_json, wait=wait)
    except (HomeError, EmbeddedPostgresError, OSError) as error:
        _cannot(str(error), as_json=as_json, status=NOT_DONE)


def _sync(wanted: str, console: Console, *, as_json: bool, wait: float) -> None:
    chosen = _chosen(wanted)
    if wanted and not chosen:
        _cannot(f"There is no connection {wanted!r}.", as_json=as_json, status=USAGE)
    with _told(console):
        results = [_run(row, wait) for row in chosen]
    if as_json:
        typer.echo(json.dumps({"connections": results}, indent=1, ensure_ascii=False))
    else:
        _show(results, console)
    raise typer.Exit(FINE if all(result["outcome"] == "fine" for result in results) else NOT_DONE)


def _chosen(wanted: str) -> "Sequence[Connection]":
    """By name first: a name may be a number."""
    from kloppend.records.models import Connection

    if not wanted:
        return list(Connection.objects.filter(active=True).order_by("pk"))
    named = list(Connection.objects.filter(name=wanted))
    return named or list(Connection.objects.filter(pk=int(wanted)) if wanted.isdecimal() else [])


@contextmanager
def _told(console: Console) -> Iterator[None]:
    with console.status("fetching ...") if console.is_terminal else _quietly():
        yield


@contextmanager
def _quietly() -> Iterator[None]:
    yield


def _run(row: "Connection", wait: float) -> dict[str, Any]:
    """Run one connection, waiting for another process that does so already."""
    from kloppend.records.models import Run
    from kloppend.sync.claims import Busy, ClaimLost
    from kloppend.sync.runs import NotActive, run_connection

    until = time.monotonic() + wait
    while True:
        try:
            finished = run_connection(row.pk, Run.Why.PERSON, datetime.now(UTC))
        except Busy:
            if time.monotonic() < until:
                time.sleep(ASK_AGAIN)
                continue
            return _result(row, "busy")
        except NotActive:
            return _result(row, "not_active")
        except ClaimLost:
            return _result(row, "interrupted")
        assert finished  # noqa: S101 - None is for the schedule only
        files = [{"name": batch.name, "state": batch.state, "sha256": batch.sha256} for batch in finished.done.files]
        return _result(
            row, finished.record.outcome, fetched=finished.done.fetched, settled=finished.done.settled, files=files
        )


def _result(row: "Connection", outcome: str, **done: Any) -> dict[str, Any]:
    from kloppend.sync.files.folders import folder_of

    folder = folder_of(row)
    result = {
        "id": row.pk,
        "name": row.name,
        "outcome": str(outcome),
        "fetched": [],
        "settled": {},
        "files": [],
        **done,
    }
    for file in result["files"]:
        file["path"] = str(folder / file["name"])
    return {**result, "problems": _problems(row)}


def _problems(row: "Connection") -> list[dict[str, Any]]:
    """What stands open now, for the connection (`order` is null) and for its orders."""
    from kloppend.domain.problems import Problem

    return [
        {
            "order": problem.order.shop_order_id if problem.order else None,
            "code": problem.code,
            "cause": Problem(problem.code, problem.detail).text("en").cause,
            "fix": Problem(problem.code, problem.detail).text("en").fix,
        }
        for problem in row.problems.filter(closed_at=None).select_related("order").order_by("order_id", "code")
    ]


def _show(results: Sequence[dict[str, Any]], console: Console) -> None:
    if not results:
        console.print("There is no active connection yet.")
        return
    table = Table("Connection", "outcome", "fetched", "changed state", "files", "open problems")
    for result in results:
        counts = (len(result[name]) for name in ("fetched", "settled", "files", "problems"))
        table.add_row(escape(result["name"]), result["outcome"], *map(str, counts))
    console.print(table)
    for result in results:
        for file in result["files"]:
            console.print(f"  {escape(file['path'])}  ({file['state']})", soft_wrap=True)
        for problem in result["problems"]:
            about = f"order {problem['order']}" if problem["order"] else "the connection"
            console.print(
                f"  {escape(result['name'])}, {about}: [bold]{problem['code']}[/bold] {escape(problem['cause'])}",
                soft_wrap=True,
            )


def _cannot(why: str, *, as_json: bool, status: int) -> None:
    typer.echo(json.dumps({"error": why}) if as_json else f"Cannot sync: {why}", err=not as_json)
    raise typer.Exit(status)
