"""`kloppend restore`: puts a backup back, and afterwards lets a person say what was sent since."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kloppend.cli.upkeep_home import upkeep_home

if TYPE_CHECKING:
    from kloppend.records.models import Connection
    from kloppend.upkeep.verifying import Verification

WORD = "REPLACE"
NOT_DONE, USAGE = 1, 2


def restore(
    file: Annotated[Path | None, typer.Argument(help="The backup.", exists=True, dir_okay=False)] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Even when the database holds something.")] = False,
    confirm: Annotated[str, typer.Option(help="After a restore: verify the connection of this name.")] = "",
    sent: Annotated[
        str, typer.Option(help="With --confirm: what is in the books already: all, none, or numbers and file names.")
    ] = "",
) -> None:
    """Restore FILE; nothing is sent until every connection is confirmed with --confirm NAME.

    Stop `kloppend run` and all workers first. Exit status: 0 done; 1 not done, nothing was changed; 2 wrong usage.
    """
    if (file is None) == (not confirm):
        typer.echo("Give a FILE to restore, or --confirm NAME.", err=True)
        raise typer.Exit(USAGE)
    with upkeep_home("restore"):
        if file:
            _restore(file, replace=replace)
        else:
            _confirm(confirm, sent)


def _restore(file: Path, *, replace: bool) -> None:
    from kloppend.records.models import Connection
    from kloppend.upkeep.backup import files_now
    from kloppend.upkeep.restore import is_empty, restore

    if replace and not is_empty():
        typer.echo("Everything in the database is thrown away, also what was sent after the backup was made.")
        if typer.prompt(f"Type {WORD} to do so") != WORD:
            raise typer.Exit(NOT_DONE)
    done = restore(file, datetime.now(UTC), replace=replace)
    typer.echo(f"Restored: {done.rows} rows, as of {done.start.taken_at:%Y-%m-%d %H:%M} UTC.")
    missing = done.end.files.keys() - files_now().keys()
    if missing:
        typer.echo(f"{len(missing)} files that lay in the folders then are not there now: taken, or lost.")
    typer.echo("Orders are fetched, but NOTHING IS SENT until you confirm each connection:")
    for name in Connection.objects.order_by("name").values_list("name", flat=True):
        typer.echo(f'  kloppend restore --confirm "{name}"')


def _confirm(name: str, sent: str) -> None:
    from kloppend.records.models import Connection, Run
    from kloppend.sync.claims import Busy
    from kloppend.sync.runs import NotActive, run_connection
    from kloppend.upkeep.verifying import NotFetchedYet, UnknownChoice, confirm, look

    connection = Connection.objects.filter(name=name).first()
    if connection is None or not connection.verify_before_sending:
        typer.echo(f"There is nothing to confirm for {name!r}.", err=True)
        raise typer.Exit(USAGE)
    try:
        run_connection(connection.pk, Run.Why.PERSON, datetime.now(UTC))  # fetches and decides only
        seen = look(connection)
        _show(connection, seen)
        confirm(connection.pk, _chosen(seen, sent), datetime.now(UTC))
    except Busy:
        _cannot("Another process is running this connection. Try again in a moment.")
    except NotActive:
        _cannot("This connection is not active: it sends nothing. Activate it with kloppend connect, then confirm.")
    except NotFetchedYet:
        _cannot("The shop could not be asked to the end, so the list is not complete. See kloppend doctor; try again.")
    except UnknownChoice as error:
        _cannot(f"Not on the list: {error}")
    else:
        typer.echo("Confirmed. The connection sends again.")


def _show(connection: "Connection", seen: "Verification") -> None:
    typer.echo(f"{connection.name}: backup of {seen.taken_at:%Y-%m-%d %H:%M} UTC.")
    for file_name in seen.unknown_files:
        typer.echo(f"  in the folder, made after the backup: {file_name}")
    for file in seen.half_placed:
        known = "is in the folder: sent" if file.in_folder else "perhaps sent"
        typer.echo(f"  file {file.name} ({len(file.orders)} orders) {known}")
    for order in seen.orders:
        placed = f"{order.placed_at:%Y-%m-%d}" if order.placed_at else "?"
        typer.echo(f"  order {order.number} of {placed}, {order.total or '?'} ({order.state}): perhaps sent")


def _chosen(seen: "Verification", sent: str) -> set[str]:
    listed = {order.number for order in seen.orders} | {file.name for file in seen.half_placed}
    if not listed:
        return set()
    answer = sent or typer.prompt("Which of these are in the books already? (all, none, or names with commas)")
    if answer == "all":
        return listed
    return set() if answer == "none" else {part.strip() for part in answer.split(",") if part.strip()}


def _cannot(text: str) -> None:
    typer.echo(text, err=True)
    raise typer.Exit(NOT_DONE)
