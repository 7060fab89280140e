"""A place where files are put, whatever it is made of: every one can be asked the same few things.

A file is written under a name of ours first (staged) and gets its own name by a rename (published).
"""

from contextlib import ExitStack
from types import TracebackType
from typing import Protocol

from django.conf import settings

from kloppend.outside.errors import OutsideError
from kloppend.records.models import Batch, Connection, Route
from kloppend.sync.files.allowed_folders import allowed_folder
from kloppend.sync.files.folders import folder_of
from kloppend.sync.files.local_place import LocalPlace
from kloppend.sync.files.trouble import PlaceTrouble


class Place(Protocol):
    """Raises PlaceTrouble when something could not be done, or could not be told."""

    @property
    def renames(self) -> bool:
        """Without that there is no staging: a file is written under its own name, once."""
        ...

    def stage(self, name: str, content: bytes) -> None:
        """Write it, durably, where nobody looks for it."""
        ...

    def put(self, name: str, content: bytes) -> None:
        """Write it under its own name; refuse when something bears that already."""
        ...

    def is_staged(self, name: str) -> bool:
        """Whether it stands in staging. Not so because the whole place is gone: PlaceTrouble."""
        ...

    def is_placed(self, name: str) -> bool:
        """Whether anything bears this name."""
        ...

    def sum_of(self, name: str) -> str | None:
        """The sha256 of the file of this name; None when there is none."""
        ...

    def publish(self, name: str) -> None:
        """From staging to its own name, which is free."""
        ...

    def bring_back(self, name: str) -> bool:
        """Back into staging; False when it is not there any more."""
        ...

    def discard(self, name: str) -> None:
        """Remove it from staging, if it is there."""
        ...


class Places:
    """The places of one connection, each opened when it is first needed, and closed at the end."""

    def __init__(self, connection: Connection) -> None:
        self.own = LocalPlace(folder_of(connection))
        self._open = ExitStack()
        self._known: dict[int, Place | PlaceTrouble] = {}

    def of(self, route: Route | None) -> Place:
        """Where files by this route lie: those to be downloaded or fetched in our own folder. Raises PlaceTrouble."""
        if route is None or route.kind == Route.Kind.FEED:
            return self.own
        if route.pk not in self._known:
            try:
                self._known[route.pk] = self._opened(route)
            except PlaceTrouble as trouble:
                self._known[route.pk] = trouble
        found = self._known[route.pk]
        if isinstance(found, PlaceTrouble):
            raise found
        return found

    def _opened(self, route: Route) -> Place:
        if route.kind == Route.Kind.FOLDER:
            return LocalPlace(allowed_folder(route.folder), staging=f".kloppend-{route.connection_id}", ours=False)
        from kloppend.outside.sftp.session import SftpSession  # takes most of a second to load, and few need it
        from kloppend.sync.files.sftp_place import SftpPlace, server_of, sftp_trouble

        try:
            session = SftpSession(server_of(route), allowed_networks=settings.KLOPPEND_ALLOWED_NETWORKS)
        except OutsideError as error:
            raise sftp_trouble(route, error) from error
        self._open.enter_context(session)
        return SftpPlace(route, session)

    def __enter__(self) -> "Places":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()


def is_elsewhere(batch: Batch) -> bool:
    """Whether the file goes to a place that is not our own folder: then being there is having been delivered."""
    return batch.route is not None and batch.route.kind in (Route.Kind.FOLDER, Route.Kind.SFTP)
