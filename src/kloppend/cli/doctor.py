"""`kloppend doctor`: is this installation safe, complete and at work?"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from kloppend.cli.upkeep_home import upkeep_home
from kloppend.web.home import home_folder

_SHOWN = {"fine": "  ok   ", "note": "  note ", "wrong": "WRONG  "}


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print a list for other tools.")] = False,
    address: Annotated[str, typer.Option(help="Where the web server would listen.")] = "127.0.0.1",
) -> None:
    """Say what is unsafe, missing or wrong. Changes nothing. Exit status: 0 all is well; 1 something is wrong."""
    with upkeep_home("doctor"):
        from kloppend.upkeep.doctor import examine
        from kloppend.upkeep.safety import Setup

        items = examine(Setup(home_folder(), address), datetime.now(UTC))
        if as_json:
            typer.echo(json.dumps([asdict(item) for item in items], indent=1, ensure_ascii=False))
        for item in () if as_json else items:
            typer.echo(f"{_SHOWN[item.state]}{item.name}: {item.what}" + (f"\n       → {item.do}" if item.do else ""))
        if any(item.state == "wrong" for item in items):
            raise typer.Exit(1)
