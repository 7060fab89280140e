"""A folder of this machine: our own, where files wait for a download, or one that the operator allowed.

Staging is a folder within it, so that both are on the same file system and a share that is not mounted is noticed.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kloppend.domain.problems import Problem
from kloppend.sync.files.trouble import PlaceTrouble

STAGING = ".staging"


class LocalPlace:
    """See places.Place. `ours`: nobody else looks in; in a folder of somebody else's its group may read files."""

    renames = True

    def __init__(self, folder: Path, staging: str = STAGING, *, ours: bool = True) -> None:
        self.folder, self.staging, self._ours = folder, folder / staging, ours

    def stage(self, name: str, content: bytes) -> None:
        """Only our own folder is made when it is missing: another one may be a share that is not mounted."""
        with self._told():
            if self._ours:
                self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.staging.mkdir(mode=0o700, exist_ok=True)
            (self.staging / name).touch(mode=0o600 if self._ours else 0o640)  # names and addresses
            with (self.staging / name).open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            sync_folder(self.staging)

    def put(self, name: str, content: bytes) -> None:
        """Never needed: folders can rename."""
        raise NotImplementedError

    def is_staged(self, name: str) -> bool:
        """Without the staging folder, "not in staging any more" would say nothing."""
        with self._told():
            os.stat(self.staging)
            return is_there(self.staging / name)

    def is_placed(self, name: str) -> bool:
        """Whether anything bears this name."""
        with self._told():
            return is_there(self.folder / name)

    def sum_of(self, name: str) -> str | None:
        """Of a plain file only."""
        path = self.folder / name
        with self._told():
            return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None

    def publish(self, name: str) -> None:
        """Durable when it returns."""
        with self._told():
            (self.staging / name).rename(self.folder / name)
            sync_folder(self.folder)
            sync_folder(self.staging)

    def bring_back(self, name: str) -> bool:
        """Durable when it returns."""
        with self._told():
            try:
                (self.folder / name).rename(self.staging / name)
            except FileNotFoundError:
                return False
            sync_folder(self.staging)
            sync_folder(self.folder)
            return True

    def discard(self, name: str) -> None:
        """Nothing happens when it is not there."""
        with self._told():
            (self.staging / name).unlink(missing_ok=True)

    def staged(self) -> list[str]:
        """The names of all that stands in staging."""
        with self._told():
            return [path.name for path in self.staging.iterdir()] if is_there(self.staging) else []

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            what = error.strerror or type(error).__name__
            raise PlaceTrouble(Problem.of("FOLDER_NOT_WRITABLE", folder=self.folder, what=what)) from error


def is_there(path: Path) -> bool:
    """Raises OSError when it cannot be told, where `exists()` may answer no."""
    try:
        os.stat(path)
    except FileNotFoundError:
        return False
    return True


def sync_folder(folder: Path) -> None:
    """Make the folder's entries survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
