"""Puts the simulated Asperion on a loopback port: pages, identity server and API behind one address."""

import threading
import time
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from urllib.parse import parse_qsl, urlsplit

from kloppend.books.asperion.simulator.answer import SIMULATOR, NoAnswer, Reply
from kloppend.books.asperion.simulator.faults import Fault
from kloppend.books.asperion.simulator.page import page
from kloppend.books.asperion.simulator.simulated import SimulatedAsperion

_LARGEST = 20_000_000


class AsperionServer:
    """`with AsperionServer(asperion) as server:` serves it at `server.address` until the block ends.

    `hang`: seconds that a lost answer keeps the client waiting; with 0 the connection is simply closed.
    """

    def __init__(self, asperion: SimulatedAsperion, *, port: int = 0, hang: float = 0.0) -> None:
        self.asperion = asperion
        self.hang = hang
        self.ends = threading.Event()
        self._http = _Server(("127.0.0.1", port), _handler(self))
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True, name="asperion")

    @property
    def address(self) -> str:
        """Where pages, `/connect/` and `/v1/` are."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def __enter__(self) -> "AsperionServer":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ends.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up in the middle is what the faults are for."""


def _handler(server: AsperionServer) -> type[BaseHTTPRequestHandler]:
    class Handler(_AsperionHandler):
        pass

    Handler.front = server
    return Handler


class _AsperionHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True
    front: AsperionServer

    def do_GET(self) -> None:
        """Answer, or leave without a word."""
        self._serve("GET", b"")

    def do_POST(self) -> None:
        """Read what was sent, then answer, or leave without a word."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST:
            self._send(page("Too large", "", status=413))
            return
        self._serve("POST", self.rfile.read(length))

    def log_message(self, *_: object) -> None:
        """Nothing is written: requests are counted by the simulator."""

    def _serve(self, method: str, body: bytes) -> None:
        slow = self.front.asperion.faults.strikes(Fault.SLOW)
        if slow is not None:
            time.sleep(float(slow or 1))
        try:
            reply = self._reply(method, body)
        except NoAnswer:
            self.close_connection = True
            self.front.ends.wait(self.front.hang)
            return
        self._send(reply)

    def _reply(self, method: str, body: bytes) -> Reply:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        asperion = self.front.asperion
        if parts.path.lower().startswith("/v1/"):
            headers = {name.lower(): value for name, value in self.headers.items()}
            return asperion.call(method, parts.path, query, headers, body)
        form, file = self._form(body)
        if parts.path == "/connect/token" and method == "POST":
            return asperion.token(form)
        if parts.path == "/connect/authorize":
            answer = form.pop("consent", "") if method == "POST" else ""
            return asperion.authorize({**query, **form}, answer=answer)
        shown = asperion.show(parts.path) if method == "GET" else asperion.submit(parts.path, form, file)
        return shown or page("Not found", "", status=404)

    def _form(self, body: bytes) -> tuple[dict[str, str], bytes]:
        """The fields of a form and the file in it."""
        kind = self.headers.get("Content-Type", "")
        if not kind.startswith("multipart/form-data"):
            return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)), b""
        message = BytesParser().parsebytes(b"Content-Type: " + kind.encode("latin-1") + b"\r\n\r\n" + body)
        for part in message.walk():
            if part.get_filename() is not None:
                content = part.get_payload(decode=True)
                return {}, content if isinstance(content, bytes) else b""
        return {}, b""

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.kind)
        self.send_header("Content-Length", str(len(reply.body)))
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Simulator", SIMULATOR)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
