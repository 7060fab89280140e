"""A web server in front of a shop that does to questions and answers what caches, firewalls and hosts do."""

import gzip
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back: the body as it travels, packed or not."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


Ask = Callable[[str], Reply]
Treatment = Callable[[str, Ask], Reply]
"""Gets the path with its query, and how to ask the shop; says what goes back."""


class Front:
    """At `address`; `treat` can be set at any time."""

    def __init__(self, target: str) -> None:
        self.treat: Treatment = lambda path, ask: ask(path)
        self.asked: list[str] = []
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                front.asked.append(self.path)
                reply = front.treat(self.path, lambda path: forwarded(target + path, self.headers["Accept-Encoding"]))
                self.send_response(reply.status)
                for name, value in {"Content-Length": str(len(reply.body)), **reply.headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(reply.body)

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"


@contextmanager
def front_of(target: str) -> Iterator[Front]:
    """A front of the server at this address (scheme, host and port), until the block ends."""
    front = Front(target)
    thread = threading.Thread(target=front.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield front
    finally:
        front.server.shutdown()
        front.server.server_close()
        thread.join()


def forwarded(url: str, accepted: str | None) -> Reply:
    """The shop's answer as it travels."""
    headers = {
        "Accept-Encoding": accepted or "identity",
        "CF-Connecting-IP": "203.0.113.7",
        "X-Forwarded-Proto": "https",
    }
    with httpx.stream("GET", url, headers=headers, timeout=30) as answer:
        body = b"".join(answer.iter_raw())
        kept = {name: answer.headers[name] for name in ("content-type", "content-encoding") if name in answer.headers}
        return Reply(answer.status_code, body, kept)


def html(status: int, title: str, **headers: str) -> Treatment:
    """A page of its own instead of any answer."""
    page = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>?</body></html>".encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda path, ask: Reply(status, page, {"Content-Type": "text/html", **named})


def cache_by(key: Callable[[str], str], *, says_so: bool) -> Treatment:
    """A page cache that keeps every answer, whatever the shop says, by this part of the address."""
    kept: dict[str, Reply] = {}

    def treat(path: str, ask: Ask) -> Reply:
        name = key(path)
        if name in kept:
            reply = kept[name]
            return replace(reply, headers={**reply.headers, "Age": "12", "X-Cache": "HIT"}) if says_so else reply
        return kept.setdefault(name, ask(path))

    return treat


def around(before: bytes, after: bytes = b"") -> Treatment:
    """Another extension prints something before and after every answer, which is then packed by nobody."""

    def treat(path: str, ask: Ask) -> Reply:
        reply = ask(path)
        body = gzip.decompress(reply.body) if "content-encoding" in reply.headers else reply.body
        return Reply(reply.status, before + body + after, {"Content-Type": "text/html"})

    return treat


def packed(times: int, said: str) -> Treatment:
    """Packs what may be packed already, and calls it `said`; without a text, it says nothing of it."""

    def treat(path: str, ask: Ask) -> Reply:
        reply = ask(path)
        body = reply.body
        for _ in range(times):
            body = gzip.compress(body)
        kept = {name: value for name, value in reply.headers.items() if name != "content-encoding"}
        return Reply(reply.status, body, {**kept, "Content-Encoding": said} if said else kept)

    return treat


def sent_on(to: Callable[[str], str], *, only: Callable[[str], bool] = lambda path: True) -> Treatment:
    """Redirects what `only` says to another address."""

    def treat(path: str, ask: Ask) -> Reply:
        return Reply(301, b"", {"Location": to(path)}) if only(path) else ask(path)

    return treat
