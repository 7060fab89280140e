"""After the demo: its stores, database, web server and worker stay up, with a login to look around."""

import os
import secrets
from pathlib import Path

from rich.console import Console

from kloppend.web.home import write_privately

LOCAL = "127.0.0.1"
LOGIN = "demo"


def base_url(port: int) -> str:
    """Where the dashboard will be."""
    return f"http://localhost:{port}"


def stay_up(folder: Path, port: int, console: Console) -> None:
    """Keep everything up until a signal ends it. Django is set up, the simulated stores answer."""
    from django.db import connections

    from kloppend.upkeep.processes import supervise, tree

    password = _login(folder / "login")
    console.print(
        f"\n[bold]The dashboard is at {base_url(port)}[/bold]  (login: {LOGIN}, password: {password})", soft_wrap=True
    )
    console.print("The stores are fetched from every hour. Ctrl-C ends everything.\n")
    connections.close_all()
    os.environ.setdefault("KLOPPEND_LOG_LEVEL", "INFO")
    supervise(tree(LOCAL, port))


def _login(path: Path) -> str:
    """The demo's user has one password, made once and kept beside its other secrets."""
    from django.contrib.auth.models import User

    if not path.exists():
        write_privately(path, secrets.token_urlsafe(9))
    password = path.read_text().strip()
    user, _ = User.objects.get_or_create(username=LOGIN, defaults={"is_staff": True})  # sees every store
    if not user.check_password(password):
        user.set_password(password)
        user.save()
    return password
