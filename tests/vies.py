"""VIES on a loopback port, with everything it is known to say instead of an answer."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class SimulatedVies:
    """`numbers` are in use; `down` maps a member state, or "" for all, to its error; `asked` are the questions."""

    def __init__(self) -> None:
        self.numbers: set[str] = set()
        self.down: dict[str, str] = {}
        self.requesters = {"NL000099998B57"}
        self.asked: list[dict[str, str]] = []
        self.raw: tuple[int, bytes] | None = None
        self.address = ""

    def answer(self, question: dict[str, str]) -> tuple[int, Any]:
        """Status and body."""
        self.asked.append(question)
        requester = question.get("requesterMemberStateCode", "") + question.get("requesterNumber", "")
        fault = self.down.get("") or self.down.get(question["countryCode"])
        if requester and requester not in self.requesters:
            fault = "INVALID_REQUESTER_INFO"
        if fault:
            return 500, {"actionSucceed": False, "errorWrappers": [{"error": fault}]}
        found = question["countryCode"] + question["vatNumber"] in self.numbers
        return 200, {
            **{name: question[name] for name in ("countryCode", "vatNumber")},
            "valid": found,
            "requestDate": "2026-11-24T11:00:00.000Z",
            "requestIdentifier": f"WAPI{len(self.asked):04d}" if requester else "",
            "name": "JANSSENS BV",
            "address": "KERKSTRAAT 1",
        }


@contextmanager
def vies_running() -> Iterator[SimulatedVies]:
    """The simulated register at its `address`, until the block ends."""
    simulated = SimulatedVies()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, body = simulated.answer(question)
            content = json.dumps(body).encode()
            if simulated.raw:
                status, content = simulated.raw
            self.send_response(status if self.path.endswith("/check-vat-number") else 404)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class calls it so
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    simulated.address = f"http://127.0.0.1:{server.server_address[1]}/rest-api"
    try:
        yield simulated
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
