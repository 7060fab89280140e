"""PostgreSQL refuses to run as root. Then it runs under an account of its own, which needs a way to its files."""

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = 0
_NAME = "pgserver"


@dataclass(frozen=True, slots=True)
class Account:
    """The account the server runs under; ours, unless we are root."""

    uid: int
    gid: int

    @property
    def is_ours(self) -> bool:
        """Nothing to switch, nothing to open."""
        return self.uid == os.geteuid()

    def run_as(self) -> dict[str, Any]:
        """Arguments for subprocess: this account, a folder it can stand in, and messages in English."""
        common: dict[str, Any] = {"cwd": "/", "env": {**os.environ, "LC_ALL": "C", "TZ": "UTC"}}
        if self.is_ours:
            return common
        return {**common, "user": self.uid, "group": self.gid, "extra_groups": []}

    def may(self, path: Path, bits: int) -> bool:
        """Whether the permission bits of `path` (written as for others: 1, 4, 5) are granted to this account."""
        status = path.stat()
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return (status.st_mode >> shift) & bits == bits


def account_for(cluster: Path) -> Account:
    """Who must run the server on this cluster. Raises PermissionError when that is somebody else."""
    owner = cluster.stat().st_uid if cluster.exists() else None
    if os.geteuid() != ROOT:
        if owner not in (None, os.geteuid()):
            raise PermissionError(f"{cluster} belongs to another user ({owner})")
        return Account(os.geteuid(), os.getegid())
    entry = pwd.getpwuid(owner) if owner else _own_account()
    return Account(entry.pw_uid, entry.pw_gid)


def _own_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(_NAME)
    except KeyError:
        _add_account()
    return pwd.getpwnam(_NAME)


def _add_account() -> None:
    program = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        raise PermissionError(f"as root the server needs an ordinary account: add one called {_NAME}")
    subprocess.run(  # noqa: S603 - a fixed command
        [program, "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", _NAME],
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


def let_in(account: Account, *folders: Path) -> None:
    """As root: let the account pass through the parents of each folder, and use the programs of a folder `bin`.

    Parents get no more than the right to pass (not to list), and each one changed is named on standard error
    (temporary folders excepted).
    """
    if account.is_ours:
        return
    for folder in folders:
        for parent in (folder, *folder.parents):
            if not account.may(parent, stat.S_IXOTH):
                parent.chmod(stat.S_IMODE(parent.stat().st_mode) | stat.S_IXOTH)
                if Path(tempfile.gettempdir()) not in parent.parents:
                    print(f"Opened {parent} for passing through by user {account.uid} (PostgreSQL).", file=sys.stderr)
        if folder.name == "bin":
            _make_readable(account, folder.parent)


def _make_readable(account: Account, tree: Path) -> None:
    """After an installation under a strict umask the programs are root's alone."""
    if account.may(tree / "bin" / "postgres", stat.S_IROTH | stat.S_IXOTH):
        return
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))
