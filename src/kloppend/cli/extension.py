"""`kloppend extension`: the packages that a shop installs."""

from pathlib import Path
from typing import Annotated

import typer

from kloppend.shops.opencart.extension.build import BuildError
from kloppend.shops.opencart.extension.build import build as build_packages

app = typer.Typer(no_args_is_help=True, help="The extension for the web shop.")


@app.callback()
def extension() -> None:
    """The extension for the web shop."""


@app.command()
def build(
    platform_url: Annotated[str, typer.Option(help="Filled in on the settings page, for one merchant.")] = "",
    licence_key: Annotated[str, typer.Option(help="Filled in on the settings page, for one merchant.")] = "",
    output: Annotated[Path, typer.Option(help="The folder for the packages.")] = Path("dist/opencart"),
) -> None:
    """Pack the extension for every OpenCart generation."""
    try:
        written = build_packages(output, platform_url=platform_url, licence_key=licence_key)
    except (BuildError, OSError) as error:
        typer.echo(f"The packages cannot be built: {error}", err=True)
        raise typer.Exit(1) from None
    for path in written:
        typer.echo(path)
