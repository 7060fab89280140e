"""`kloppend run`, and the parts of its process tree that also start alone: `kloppend web`, `kloppend worker`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from kloppend.outside.postgres import EmbeddedPostgresError
from kloppend.web.home import HomeError, at_home, home_folder
from kloppend.web.lifeline import hang_on_if_asked

Address = Annotated[str, typer.Option(help="Where the web server listens.")]
Port = Annotated[int, typer.Option(help="Its port.", min=1, max=65535)]
Allow = Annotated[
    list[str] | None, typer.Option(help="Start in spite of the unsafe thing of this name; may be given again.")
]
REFUSED = 1
PATIENCE = 15.0  # seconds a child gets to end after its parent is gone


def run(address: Address = "127.0.0.1", port: Port = 8000, allow: Allow = None) -> None:
    """Database, web server and worker, kept up until you stop it. Refuses what is unsafe, and says why."""
    with _home("run"):
        from kloppend.upkeep.processes import supervise, tree
        from kloppend.upkeep.safety import Setup, findings
        from kloppend.web.serving import refuse_a_taken_port

        unsafe = [found for found in findings(Setup(home_folder(), address)) if found.name not in (allow or [])]
        for found in unsafe:
            typer.echo(f"{found.name}: {found.what} {found.do}", err=True)
        if unsafe:
            typer.echo("Kloppend does not start like this. `--allow NAME` accepts one of them.", err=True)
            raise typer.Exit(REFUSED)
        refuse_a_taken_port(address, port)
        typer.echo(
            f"The dashboard will be at {os.environ.get('KLOPPEND_BASE_URL') or f'http://localhost:{port}'}", err=True
        )
        supervise(tree(address, port))


def web(address: Address = "127.0.0.1", port: Port = 8000) -> None:
    """Only the web server. For real use `kloppend run` looks whether the set-up is safe."""
    hang_on_if_asked(PATIENCE)
    with _home("web"):
        from django.db import connections

        from kloppend.web.serving import serve

        connections.close_all()  # what the web server's own process would inherit
        serve(address, port)


def worker(
    once: Annotated[bool, typer.Option("--once", help="End when nothing is left to do now.")] = False,
) -> None:
    """Only a worker. Start as many as you like, on any machine with the same database and keys."""
    hang_on_if_asked(PATIENCE)
    with _home("worker"):
        from kloppend.sync.jobs import work

        work(once=once)


@contextmanager
def _home(command: str) -> Iterator[None]:
    """The home, with log lines of what happens; what is wrong with it is told in one line."""
    os.environ.setdefault("KLOPPEND_LOG_LEVEL", "INFO")
    try:
        with at_home(home_folder()):
            yield
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except (HomeError, EmbeddedPostgresError, OSError) as error:
        typer.echo(f"kloppend {command} cannot start: {error}", err=True)
        raise typer.Exit(REFUSED) from None
