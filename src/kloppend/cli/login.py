"""`kloppend login`: give somebody a login for the dashboard."""

from typing import Annotated

import typer

from kloppend.cli.upkeep_home import upkeep_home


def login(
    email: Annotated[str, typer.Argument(help="The e-mail address of who logs in.")],
    role: Annotated[str, typer.Option(help="owner, accountant, or operator (who sees every connection).")] = "owner",
    connection: Annotated[str, typer.Option(help="A connection of the merchant whom it is for.")] = "",
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="KLOPPEND_LOGIN_PASSWORD")
    ] = "",
) -> None:
    """Make a login for the dashboard, or give an existing one another password and role."""
    with upkeep_home("login"):
        from kloppend.pages.accounts.giving import give_login

        try:
            user = give_login(email, password, role=role, connection=connection)
        except ValueError as error:
            typer.echo(f"No login was made: {error}", err=True)
            raise typer.Exit(1) from None
        typer.echo(f"{user.email} can log in.")
