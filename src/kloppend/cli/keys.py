"""`kloppend keys`: what can be done with the keys of an installation."""

import typer

from kloppend.cli.upkeep_home import upkeep_home

app = typer.Typer(no_args_is_help=True, help="The keys that protect what is stored.")


@app.callback()
def keys() -> None:
    """The keys that protect what is stored."""


@app.command()
def rotate() -> None:
    """Encrypt every stored secret anew with the first of KLOPPEND_ENCRYPTION_KEYS.

    Put a new key in front of the old ones first, separated by a comma (docs/backup.md). Old keys stay needed for old
    backups.
    """
    with upkeep_home("keys rotate"):
        from cryptography.fernet import InvalidToken

        from kloppend.upkeep.keys import rotate as rotate_all

        try:
            count = rotate_all()
        except InvalidToken:
            typer.echo("None of the keys opens what is stored: nothing was changed. Put the old key back.", err=True)
            raise typer.Exit(1) from None
        typer.echo(f"{count} secrets are now encrypted with the first key.")
