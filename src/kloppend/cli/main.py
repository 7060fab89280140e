"""The `kloppend` command: one function per command, each in a file of its own."""

import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from kloppend.cli.axml import app as axml_app
from kloppend.cli.backup import backup
from kloppend.cli.connect import connect
from kloppend.cli.doctor import doctor
from kloppend.cli.explain import explain
from kloppend.cli.extension import app as extension_app
from kloppend.cli.keys import app as keys_app
from kloppend.cli.licence import app as licence_app
from kloppend.cli.login import login
from kloppend.cli.restore import restore
from kloppend.cli.run import run, web, worker
from kloppend.cli.sync import sync

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # local values hold keys and passwords
    help="Webshop orders become draft invoices. It adds up.",
)


@app.callback()
def on_any_terminal() -> None:
    """Show what a terminal cannot take, such as an `é` in ASCII, as a question mark instead of ending in an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


app.command()(explain)
for command in (connect, login, sync, run, web, worker, doctor, backup, restore):
    app.command()(command)
app.add_typer(axml_app, name="axml")
app.add_typer(keys_app, name="keys")
app.add_typer(extension_app, name="extension")
app.add_typer(licence_app, name="licence")


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its database and files.")] = Path("var/demo"),
    recordings: Annotated[
        Path | None,
        typer.Option(
            help="A folder with other recorded rows (*.json) instead of the built-in ones.",
            exists=True,
            file_okay=False,
        ),
    ] = None,
    stay: Annotated[bool, typer.Option("--stay", help="Then stay up, with a dashboard.")] = False,
    port: Annotated[int, typer.Option(help="The dashboard's port.", min=1, max=65535)] = 8000,
) -> None:
    """Recorded orders of real OpenCart stores become Asperion order files, all on this machine."""
    from kloppend.demo.command import DemoError
    from kloppend.demo.command import demo as run_demo
    from kloppend.outside.postgres import EmbeddedPostgresError
    from kloppend.web.home import HomeError

    try:
        run_demo(folder.absolute(), recordings, Console(), port if stay else None)
    except KeyboardInterrupt:
        typer.echo("Interrupted. Nothing is lost: run it again and it goes on where it was.", err=True)
        raise typer.Exit(130) from None
    except (DemoError, HomeError, EmbeddedPostgresError, OSError) as error:
        typer.echo(f"The demo cannot run: {error}", err=True)
        raise typer.Exit(1) from None
