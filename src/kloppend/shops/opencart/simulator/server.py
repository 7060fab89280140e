"""Puts a simulated store on a loopback port, with everything a web server in front of it can do wrong."""

import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from kloppend.shops.opencart.simulator.corruption import INVALID_UTF8_MARK
from kloppend.shops.opencart.simulator.faults import Fault
from kloppend.shops.opencart.simulator.store import SimulatedStore
from kloppend.shops.opencart.simulator.throttle import Reply

_HTML = b"<!DOCTYPE html><html><body><h1>%s</h1></body></html>"
_NOTICE = b"<br />\n<b>Notice</b>:  Undefined index: x in <b>system/library/db.php</b> on line <b>9</b><br />\n"
_HUGE = 50 * 1024 * 1024


class StoreServer:
    """`with StoreServer(store) as server:` serves the store at `server.address` until the block ends."""

    def __init__(self, store: SimulatedStore, *, port: int = 0) -> None:
        self.store = store
        self._http = _Server(("127.0.0.1", port), _handler(store))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True, name="store")

    @property
    def address(self) -> str:
        """What a merchant would enter as the shop's address."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> "StoreServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle of a spoiled answer is what the faults are for."""


def _handler(store: SimulatedStore) -> type[BaseHTTPRequestHandler]:
    class Handler(_StoreHandler):
        pass

    Handler.store = store
    return Handler


class _StoreHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    store: SimulatedStore

    def do_GET(self) -> None:
        """Answer one request, or spoil the answer."""
        for fault, action in self._transport_faults().items():
            value = self.store.faults.strikes(fault)
            if value is not None:
                action(value)
                return
        parts = urlsplit(self.path)
        params = dict(parse_qsl(parts.query, keep_blank_values=True))
        if parts.path != "/index.php" or params.get("route") != self.store.route:
            self._send(Reply(404, _HTML % b"The page you requested cannot be found!"), "text/html")
            return
        reply = self.store.respond(params, self.client_address[0])
        body = reply.body.replace(INVALID_UTF8_MARK.encode("ascii"), b"\xff\xfe")
        if self.store.faults.strikes(Fault.PHP_NOTICE) is not None:
            body = _NOTICE + body
        if self.store.faults.strikes(Fault.PHP_ERROR) is not None:
            body = _NOTICE.replace(b"Notice", b"Fatal error")
        if self.store.faults.strikes(Fault.TRUNCATED) is not None:
            body = body[: len(body) // 2]
        self._send(Reply(reply.status, body))

    def log_message(self, *_: object) -> None:
        """Nothing is written: requests are counted by the store."""

    def _transport_faults(self) -> dict[Fault, Callable[[str], None]]:
        return {
            Fault.REDIRECT: self._redirect,
            Fault.STATUS: lambda value: self._send(Reply(int(value), _HTML % b"Sorry"), "text/html"),
            Fault.HTML: lambda _: self._send(Reply(200, _HTML % b"Welcome"), "text/html"),
            Fault.DEEP_JSON: lambda _: self._send(Reply(200, b'{"a":' * 100_000)),
            Fault.ENDLESS: lambda _: self._stream(b" " * 65536, pause=0.0),
            Fault.HUGE: lambda _: self._send(Reply(200, b" " * _HUGE)),
            Fault.SLOW_DRIP: lambda _: self._stream(b" ", pause=0.02),
            Fault.GZIP_BOMB: self._bomb,
            Fault.CUT_OFF: self._cut_off,
            Fault.RESET: self._reset,
        }

    def _send(self, reply: Reply, kind: str = "application/json", **headers: str) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", kind)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(reply.body)

    def _redirect(self, target: str) -> None:
        self._send(Reply(302, b""), "text/html", Location=f"{target}{self.path}")

    def _stream(self, chunk: bytes, *, pause: float) -> None:
        """Without a length and without an end, until the client has had enough."""
        self.close_connection = True
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(chunk)
            time.sleep(pause)

    def _bomb(self, _: str) -> None:
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        zeros = bytes(1024 * 1024)
        body = b"".join(packer.compress(zeros) for _ in range(64)) + packer.flush()
        self._send(Reply(200, body), Content_Encoding="gzip")

    def _cut_off(self, _: str) -> None:
        self.close_connection = True
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'{"protocol":')

    def _reset(self, _: str) -> None:
        """Hang up so that the other side sees a reset, not an end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
