"""`kloppend backup`: everything we must not forget, in one encrypted file that was read back."""

from pathlib import Path
from typing import Annotated

import typer

from kloppend.cli.upkeep_home import upkeep_home

KEYS_APART = (
    "The KEYS ARE NOT IN IT. Without KLOPPEND_ENCRYPTION_KEYS and KLOPPEND_HASH_KEY (or the secrets.json of this\n"
    "installation) nobody can open it: keep a copy of them, in another place than the backups."
)


def backup(
    to: Annotated[Path | None, typer.Option(help="The folder; without it KLOPPEND_BACKUP_DIR.")] = None,
    keep: Annotated[int | None, typer.Option(help="Then remove all but so many of the newest.", min=1)] = None,
) -> None:
    """Write a backup of the database and a list of the files, read it back, and say what is in it.

    It holds personal data of customers (names, addresses, orders) and is encrypted with the installation's key.
    """
    with upkeep_home("backup"):
        from django.conf import settings

        from kloppend.upkeep.backup import back_up

        made = back_up(to or Path(settings.KLOPPEND_BACKUP_DIR), keep=keep)
        tables, files = len(made.end.tables), len(made.end.files)
        typer.echo(f"{made.path}\n{tables} tables, {made.rows} rows, a list of {files} files; read back and in order.")
        for path in made.pruned:
            typer.echo(f"removed: {path.name}")
        typer.echo("It holds personal data, encrypted; only you can read the file.\n" + KEYS_APART)
