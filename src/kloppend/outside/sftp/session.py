"""A conversation with one SFTP server, step by step. Each step ends in time, and every failure is an OutsideError.

asyncssh speaks the protocol, in a loop of its own that runs only while a step is taken. Nothing of the surroundings
counts: no SSH agent, no configuration file, no known hosts but the one key.
"""

import asyncio
import socket
import time
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, TypeVar

import asyncssh

from kloppend.outside.addresses import LookUp, Network, look_up, permitted_addresses
from kloppend.outside.errors import ConnectionFailed, OutsideError, TimedOut
from kloppend.outside.sftp.errors import (
    CannotRename,
    HostKeyDiffers,
    KeyUnreadable,
    LoginRefused,
    ServerSaidNo,
)

T = TypeVar("T")
CONNECT, STEP, TOTAL = 10.0, 20.0, 60.0
"""Seconds for making the connection, for each step, and for all of them together: well within a run's lease."""
_BLOCK = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SftpServer:
    """Where, and as whom. One of `password` and `private_key` (OpenSSH or PEM, without a passphrase) is given."""

    host: str
    port: int
    username: str
    password: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    host_key: str


class SftpSession:
    """An open conversation; close it. Paths are those of the server. Every method raises OutsideError only."""

    def __init__(
        self,
        server: SftpServer,
        *,
        allowed_networks: Sequence[Network] = (),
        total: float = TOTAL,
        by: LookUp = look_up,
    ) -> None:
        self._until = time.monotonic() + total
        self._runner = asyncio.Runner()
        self._connection: asyncssh.SSHClientConnection | None = None
        sock: socket.socket | None = None
        try:
            sock = open_socket(server.host, server.port, allowed_networks, by)
            self._sftp = self._step(self._open(server, sock), CONNECT)
        except BaseException:
            self.close()
            if sock is not None:
                sock.close()
            raise

    def upload(self, path: str, content: bytes, *, fresh: bool = False) -> None:
        """Write the file, durably where the server can. `fresh`: refuse when something bears the name already."""
        self._step(self._upload(path, content, fresh))

    def read(self, path: str, most: int) -> bytes | None:
        """What the file holds, at most so many bytes; None when there is no such file."""
        return self._step(self._read(path, most))

    def is_there(self, path: str) -> bool:
        """Whether there is such a file."""
        return self._step(self._is_there(path))

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder."""
        return self._step(self._sftp.isdir(path))

    def rename(self, old: str, new: str) -> None:
        """The plain rename of SFTP, which does not replace. OpenSSH's own kind would, and is never asked for."""
        self._step(self._sftp.rename(old, new))

    def remove(self, path: str) -> None:
        """Remove the file; nothing happens when it is not there."""
        self._step(self._remove(path))

    def close(self) -> None:
        """Hang up."""
        try:
            if self._connection is not None:
                self._connection.abort()
                self._runner.run(_until_closed(self._connection))
        finally:
            self._runner.close()

    def __enter__(self) -> "SftpSession":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    async def _open(self, server: SftpServer, sock: socket.socket) -> asyncssh.SFTPClient:
        self._connection = await asyncssh.connect(
            server.host,
            server.port,
            sock=sock,
            options=asyncssh.SSHClientConnectionOptions(
                config=None,
                known_hosts=([asyncssh.import_public_key(server.host_key)], [], []),
                username=server.username,
                password=server.password or None,
                client_keys=_keys(server.private_key),
                client_host_keysign=False,
                agent_path=None,
                gss_kex=False,
                gss_auth=False,
                preferred_auth=("publickey" if server.private_key else "password,keyboard-interactive"),
            ),
        )
        return await self._connection.start_sftp_client()

    async def _upload(self, path: str, content: bytes, fresh: bool) -> None:
        flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | (asyncssh.FXF_EXCL if fresh else asyncssh.FXF_TRUNC)
        async with self._sftp.open(path, flags, encoding=None) as file:
            await file.write(content)
            with suppress(asyncssh.SFTPOpUnsupported):  # then what the server confirmed is all there is
                await file.fsync()

    async def _read(self, path: str, most: int) -> bytes | None:
        try:
            async with self._sftp.open(path, asyncssh.FXF_READ, encoding=None) as file:
                found: Any = await file.read(most)  # bytes, as the file was opened without an encoding
                return bytes(found)
        except asyncssh.SFTPNoSuchFile:
            return None

    async def _is_there(self, path: str) -> bool:
        try:
            await self._sftp.lstat(path)
        except asyncssh.SFTPNoSuchFile:
            return False
        return True

    async def _remove(self, path: str) -> None:
        try:
            await self._sftp.remove(path)
        except asyncssh.SFTPNoSuchFile:
            return

    def _step(self, work: Coroutine[Any, Any, T], limit: float = STEP) -> T:
        return _run(self._runner, work, min(limit, self._until - time.monotonic()))


def show_key(
    host: str, port: int, *, allowed_networks: Sequence[Network] = (), by: LookUp = look_up
) -> asyncssh.SSHKey:
    """The key that the server shows now, without logging in; a person compares its fingerprint. Raises OutsideError."""
    with open_socket(host, port, allowed_networks, by) as sock, asyncio.Runner() as runner:
        key = _run(runner, asyncssh.get_server_host_key(host, port, sock=sock, config=None), CONNECT)
    if key is None:
        raise ConnectionFailed("the server shows no key")
    return key


def open_socket(host: str, port: int, allowed_networks: Sequence[Network], by: LookUp) -> socket.socket:
    """A connection to exactly an address that passed the check."""
    last: OSError | None = None
    for address in permitted_addresses(host, allowed_networks, within=CONNECT, by=by):
        try:
            return socket.create_connection((address, port), timeout=CONNECT)
        except OSError as error:
            last = error
    if isinstance(last, TimeoutError):
        raise TimedOut("no connection in time") from last
    raise ConnectionFailed("no connection") from last


def _keys(private_key: str) -> list[asyncssh.SSHKey] | None:
    if not private_key:
        return None
    try:
        return [asyncssh.import_private_key(private_key)]
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise KeyUnreadable("the private key cannot be read") from error


async def _until_closed(connection: asyncssh.SSHClientConnection) -> None:
    try:
        await asyncio.wait_for(connection.wait_closed(), 1.0)
    except (TimeoutError, OSError, asyncssh.Error):
        return


def _run(runner: asyncio.Runner, work: Coroutine[Any, Any, T], seconds: float) -> T:
    async def bounded() -> T:
        return await asyncio.wait_for(work, max(seconds, 0.001))

    try:
        return runner.run(bounded())
    except OutsideError:
        raise
    except TimeoutError as error:
        raise TimedOut("no answer in time") from error
    except asyncssh.HostKeyNotVerifiable as error:
        raise HostKeyDiffers("the server shows another key") from error
    except asyncssh.PermissionDenied as error:
        raise LoginRefused("the login was refused") from error
    except asyncssh.SFTPOpUnsupported as error:
        raise CannotRename("the server cannot do that") from error
    except (asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection, asyncssh.DisconnectError) as error:
        raise ConnectionFailed("the connection broke") from error
    except asyncssh.SFTPError as error:
        raise ServerSaidNo(_word(error)) from error
    except (asyncssh.Error, OSError) as error:
        raise ConnectionFailed("no connection, or it broke") from error


def _word(error: asyncssh.SFTPError) -> str:
    """What a server says may quote paths and more; the kind of its answer is enough."""
    return type(error).__name__.removeprefix("SFTP")
