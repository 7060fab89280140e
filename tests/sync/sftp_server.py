"""A real SFTP server on loopback (asyncssh's own), in a thread, with faults that can be switched on."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncssh

USER, PASSWORD = "jansen", "een goed wachtwoord"


class Faults:
    """`lost`: the connection breaks at this step (`before open`, `after rename` ...), so many times."""

    def __init__(self) -> None:
        self.lost: dict[str, int] = {}
        self.renames, self.fsyncs = True, True
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self.asked: list[str] = []

    def meet(self, step: str) -> None:
        self.asked.append(step)
        if self.lost.get(step, 0):
            self.lost[step] -= 1
            for connection in list(self.connections):
                connection.abort()
            raise asyncssh.SFTPConnectionLost("pulled the plug")


class _Server(asyncssh.SSHServer):
    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._connection = conn
        self._faults.connections.add(conn)

    def connection_lost(self, exc: Exception | None) -> None:
        self._faults.connections.discard(self._connection)

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == (USER, PASSWORD)


def _files(root: Path, faults: Faults) -> Any:
    class Files(asyncssh.SFTPServer):
        def __init__(self, chan: Any) -> None:
            super().__init__(chan, chroot=bytes(root))

        def open(self, path: bytes, pflags: int, attrs: Any) -> Any:
            kind = "write" if pflags & asyncssh.FXF_WRITE else "read"
            faults.meet(f"before {kind}")
            found = super().open(path, pflags, attrs)
            try:
                faults.meet(f"in {kind}")
            except asyncssh.SFTPError:
                super().close(found)
                raise
            return found

        def close(self, file_obj: Any) -> None:
            super().close(file_obj)
            faults.meet("after close")

        def fsync(self, file_obj: Any) -> Any:
            if not faults.fsyncs:
                raise asyncssh.SFTPOpUnsupported("no fsync here")
            faults.meet("before fsync")
            return super().fsync(file_obj)

        def lstat(self, path: bytes) -> Any:
            faults.meet("before look")
            return super().lstat(path)

        def rename(self, oldpath: bytes, newpath: bytes) -> Any:
            if not faults.renames:
                raise asyncssh.SFTPOpUnsupported("no rename here")
            faults.meet("before rename")
            super().rename(oldpath, newpath)
            faults.meet("after rename")

        def posix_rename(self, oldpath: bytes, newpath: bytes) -> Any:
            raise AssertionError("this kind of rename overwrites")

    return Files


class Running:
    """The server's port, key and folder; `key` can be replaced, which takes a restart."""

    def __init__(self, root: Path) -> None:
        self.root, self.faults = root, Faults()
        self.key = asyncssh.generate_private_key("ssh-ed25519")
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._acceptor: Any = None

    def start(self) -> None:
        self._do(self._listen())

    def stop(self) -> None:
        self._do(self._close())

    def end(self) -> None:
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def visible(self) -> list[str]:
        return sorted(path.name for path in self.root.iterdir() if not path.name.startswith("."))

    def hidden(self) -> list[str]:
        return sorted(path.name for path in self.root.iterdir() if path.name.startswith("."))

    def _do(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _listen(self) -> None:
        self._acceptor = await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_factory=lambda: _Server(self.faults),
            server_host_keys=[self.key],
            sftp_factory=_files(self.root, self.faults),
        )
        self.port = self._acceptor.get_port()

    async def _close(self) -> None:
        self._acceptor.close()
        for connection in list(self.faults.connections):
            connection.abort()
        await self._acceptor.wait_closed()
        await asyncio.sleep(0.05)  # aborted connections end in a later turn of the loop


@contextmanager
def sftp_server(root: Path) -> Iterator[Running]:
    """The server for as long as the block takes; it shows `root` as its whole file system."""
    root.mkdir()
    running = Running(root)
    running.start()
    try:
        yield running
    finally:
        running.end()
