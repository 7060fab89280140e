"""Installs a release as a store: with OpenCart's installer, on the command line or, where that is broken, its pages."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.stores.browser import Browser
from tests.stores.release import Release
from tests.stores.servers import Database
from tests.stores.trouble import StoreTrouble

USER, PASSWORD, EMAIL = "admin", "Winkel-2026", "winkel@example.com"
PREFIX = "zaak7_"
"""Of the tables' names; not the usual one, which nothing may take for granted."""


@dataclass(frozen=True, slots=True)
class Store:
    """An installed store."""

    release: Release
    folder: Path
    address: str
    database: Database
    platform: str
    """The address of Kloppend, which the shopkeeper fills in."""

    def table(self, name: str) -> str:
        """A table's name with the store's prefix, quoted."""
        return f"`{PREFIX}{name}`"

    def rows(self, sql: str) -> list[list[str]]:
        """Rows of SQL in which `{order}` stands for the table `order` with the store's prefix."""
        return self.database.rows(_Tables(self).fill(sql))


class _Tables(dict[str, str]):
    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def __missing__(self, name: str) -> str:
        return self._store.table(name)

    def fill(self, sql: str) -> str:
        return sql.format_map(self)


def copy_of(release: Release, folder: Path) -> Path:
    """A copy of the release that may be changed, with empty configuration files as the installer wants them."""
    target = folder / "shop"
    shutil.copytree(release.folder, target)
    for place in (target, target / "admin"):
        sample, wanted = place / "config-dist.php", place / "config.php"
        if sample.is_file():
            sample.rename(wanted)
        wanted.touch()
    if release.numbers < (1, 5, 6, 4):
        _make_old_driver_work(target / "system" / "database" / "mysql.php")
    if (3,) <= release.numbers < (3, 0, 2) or (4,) <= release.numbers < (4, 0, 2):
        handlers = [target / part / "controller" / "startup" / "error.php" for part in ("admin", "catalog")]
        for file in (target / "system" / "framework.php", *handlers):
            _leave_out_complaints(file)
    return target


def _make_old_driver_work(file: Path) -> None:
    """Before 1.5.6.4 the other driver is broken; behind this one there is our stand-in, whose results are objects."""
    file.write_text(file.read_text().replace("is_resource(", "is_object("))


def _leave_out_complaints(file: Path) -> None:
    """Releases made for an older PHP print what a newer one says of them into their own pages and JSON."""
    silent = "if (in_array((int)$code, array(E_NOTICE, E_DEPRECATED))) {\n\t\treturn true;\n\t}\n\t"
    asked = re.compile(r"if \(@?error_reporting\(\) === 0")
    file.write_text(asked.sub(lambda found: silent + found[0], file.read_text(), count=1))


def install(store: Store, php: Sequence[str]) -> str:
    """Install it and take the installer away; says which installer did it."""
    said = _by_command(store, php)
    how = "command line"
    if not _is_installed(store):
        _by_pages(store)
        how = "pages"
    if not _is_installed(store):
        raise StoreTrouble(f"the store could not be installed; the installer said: {said}")
    shutil.rmtree(store.folder / "install")
    return how


def call_itself_at(store: Store, address: str) -> None:
    """Where the admin of 2.0 and 2.1 reaches its own store: another server, as the first one is busy with the admin."""
    file = store.folder / "admin" / "config.php"
    text = file.read_text()
    for name in ("HTTP_CATALOG", "HTTPS_CATALOG"):
        text = text.replace(f"'{name}', '{store.address}'", f"'{name}', '{address}'")
    file.write_text(text)


def _is_installed(store: Store) -> bool:
    configured = all((store.folder / part / "config.php").stat().st_size > 0 for part in ("", "admin"))
    return configured and bool(store.database.rows(f"SHOW TABLES LIKE '{PREFIX}order_total'"))


def _by_command(store: Store, php: Sequence[str]) -> str:
    database = store.database
    options = {
        "username": USER,
        "password": PASSWORD,
        "email": EMAIL,
        "http_server": store.address,
        "db_driver": "mysqli",
        "db_hostname": "127.0.0.1",
        "db_username": database.user,
        "db_password": database.password,
        "db_database": database.name,
        "db_port": str(database.port),
        "db_prefix": PREFIX,
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    script = store.folder / "install" / "cli_install.php"
    done = subprocess.run(
        [*php, script.name, "install", *arguments], cwd=script.parent, capture_output=True, text=True, check=False
    )
    return (done.stdout + done.stderr)[-1500:]


def _by_pages(store: Store) -> None:
    """The last form of the web installer, which does the work; its earlier pages only ask and check."""
    database = store.database
    data = {
        "db_driver": "mysqli" if store.release.numbers >= (1, 5, 6, 4) else "mysql",
        "db_host": "127.0.0.1",
        "db_hostname": "127.0.0.1",
        "db_user": database.user,
        "db_username": database.user,
        "db_password": database.password,
        "db_name": database.name,
        "db_database": database.name,
        "db_port": str(database.port),
        "db_prefix": PREFIX,
        "username": USER,
        "password": PASSWORD,
        "email": EMAIL,
    }
    with Browser(store.address) as browser:
        browser.get("install/index.php")
        route = "step_3" if store.release.numbers < (3,) else "install/step_3"
        said = browser.post("install/index.php", data, route=route).said()
    if not _is_installed(store):
        raise StoreTrouble(f"the installer's page said: {said}")
