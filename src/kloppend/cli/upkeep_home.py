"""What the commands of upkeep share: the installation, and errors told in one line."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from kloppend.outside.postgres import EmbeddedPostgresError
from kloppend.web.home import HomeError, at_home, home_folder

FAILED = 1


@contextmanager
def upkeep_home(command: str) -> Iterator[None]:
    """Django at home; what a person can mend ends the command with one line and status 1."""
    try:
        with at_home(home_folder()):
            from kloppend.upkeep.restore import RestoreError
            from kloppend.upkeep.sealed_stream import SealedFileError

            try:
                yield
            except (SealedFileError, RestoreError) as error:
                _cannot(command, error)
    except (HomeError, EmbeddedPostgresError, OSError) as error:
        _cannot(command, error)


def _cannot(command: str, error: Exception) -> None:
    typer.echo(f"kloppend {command}: {error}", err=True)
    raise typer.Exit(FAILED) from None
