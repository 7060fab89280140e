"""A folder on an SFTP server. Staging is a hidden name in that same folder, which pickers of *.xml do not see."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager

from kloppend.domain.problems import Problem
from kloppend.outside.errors import AddressRefused, OutsideError
from kloppend.outside.sftp.errors import CannotRename, HostKeyDiffers, KeyUnreadable, LoginRefused, ServerSaidNo
from kloppend.outside.sftp.session import SftpServer, SftpSession
from kloppend.records.models import Route
from kloppend.sync.files.trouble import PlaceTrouble

MOST = 64 * 1024 * 1024
CODES: dict[type[OutsideError], str] = {
    AddressRefused: "SFTP_ADDRESS_REFUSED",
    HostKeyDiffers: "SFTP_HOST_KEY_CHANGED",
    LoginRefused: "SFTP_LOGIN_REFUSED",
    KeyUnreadable: "SFTP_KEY_UNREADABLE",
    CannotRename: "SFTP_CANNOT_RENAME",
}


class SftpPlace:
    """See places.Place. The session stays the caller's to close."""

    def __init__(self, route: Route, session: SftpSession) -> None:
        self.renames = route.renames
        self._route, self._session = route, session
        with self._told():
            if not session.is_folder(route.folder or "."):
                raise ServerSaidNo("NoSuchFolder")

    def stage(self, name: str, content: bytes) -> None:
        """What stands there afterwards is read back: a server may confirm what it cut off."""
        with self._told():
            self._session.upload(self._staged(name), content)
            if self._session.read(self._staged(name), len(content) + 1) != content:
                raise ServerSaidNo("CutOff")

    def put(self, name: str, content: bytes) -> None:
        """For servers that cannot rename."""
        with self._told():
            self._session.upload(self._path(name), content, fresh=True)

    def is_staged(self, name: str) -> bool:
        """The folder was there when the place was opened."""
        with self._told():
            return self._session.is_there(self._staged(name))

    def is_placed(self, name: str) -> bool:
        """Whether anything bears this name."""
        with self._told():
            return self._session.is_there(self._path(name))

    def sum_of(self, name: str) -> str | None:
        """Read in whole, so that a part of a file is not taken for it."""
        with self._told():
            content = self._session.read(self._path(name), MOST)
            return None if content is None else hashlib.sha256(content).hexdigest()

    def publish(self, name: str) -> None:
        """On the server itself, where it is one step."""
        with self._told():
            self._session.rename(self._staged(name), self._path(name))

    def bring_back(self, name: str) -> bool:
        """When it is unclear whether the server did so, PlaceTrouble: the next run looks."""
        with self._told():
            if not self._session.is_there(self._path(name)):
                return False
            try:
                self._session.rename(self._path(name), self._staged(name))
            except ServerSaidNo:
                if self._session.is_there(self._path(name)):
                    raise
            return self._session.is_there(self._staged(name))

    def discard(self, name: str) -> None:
        """Nothing happens when it is not there."""
        with self._told():
            self._session.remove(self._staged(name))

    def try_out(self) -> bool:
        """Write, rename and remove a trial file; whether the server can rename. Raises PlaceTrouble."""
        with self._told():
            self._session.upload(self._staged("trial"), b"trial\n")
            try:
                self._session.rename(self._staged("trial"), self._staged("trial-2"))
            except CannotRename:
                return False
            finally:
                self._session.remove(self._staged("trial"))
            self._session.remove(self._staged("trial-2"))
            return True

    def _path(self, name: str) -> str:
        return f"{self._route.folder.rstrip('/')}/{name}" if self._route.folder else name

    def _staged(self, name: str) -> str:
        return self._path(f".kloppend-{self._route.connection_id}-{name}.part")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OutsideError as error:
            raise sftp_trouble(self._route, error) from error


def server_of(route: Route) -> SftpServer:
    """Where this route leads, and with which secrets."""
    return SftpServer(
        host=route.host,
        port=route.port,
        username=route.username,
        password=route.password,
        private_key=route.private_key,
        host_key=route.host_key,
    )


def sftp_trouble(route: Route, error: OutsideError) -> PlaceTrouble:
    """The same as a problem; no message of a server is repeated."""
    if isinstance(error, ServerSaidNo):
        return PlaceTrouble(Problem.of("SFTP_SERVER_REFUSED", where=route.where, what=error))
    code = CODES.get(type(error), "SFTP_UNREACHABLE")
    return PlaceTrouble(Problem.of(code, where=route.where))
