"""A second Asperion, made apart from the simulator from the same few known facts, and worse to live with.

It shares no code with the simulator: what the adapter took from that by accident shows here. Names are in Pascal case
with nulls and unknown fields between, pages begin at 0 and hold two rows, the newest first, filters may be ignored.
`trouble` says, for each call of the API, what goes wrong with it.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

Trouble = Callable[[int, str, str], str]
PAGE = 2
DEFAULT_TENANT = "1"


@dataclass
class OtherAsperion:
    """What was booked, by tenant; `late` waits until somebody says that its time has come."""

    tenant: str
    trouble: Trouble = lambda _number, _method, _path: ""
    filters: bool = True
    debtors: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    invoices: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    late: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    address: str = ""

    def books_late(self) -> None:
        """What was only kept is booked now."""
        with self.lock:
            for tenant, row in self.late:
                self._book(tenant, row)
            self.late.clear()

    def _book(self, tenant: str, row: dict[str, Any]) -> dict[str, Any]:
        rows = self.invoices.setdefault(tenant, [])
        lines = row["lines"]["_data"]
        net, vat = (round(sum(line[name] for line in lines), 2) for name in ("amount", "vatAmount"))
        made = {
            "Id": 1 + sum(map(len, self.invoices.values())),
            "Status": 1,
            "InvoiceNumber": None,
            "Unheard": {"of": [1, None]},
            "DebtorCustomerNumber": row["debtorCustomerNumber"],
            "Date": row["date"],
            "Description": row["description"],
            "AmountExclVat": net,
            "VatAmount": vat,
            "AmountInclVat": round(net + vat, 2),
            "Lines": {"_Data": [{name[0].upper() + name[1:]: line[name] for name in line} for line in lines]},
        }
        rows.append(made)
        return made

    def answer(self, method: str, path: str, query: dict[str, str], tenant: str, body: bytes) -> tuple[int, Any, str]:
        """Status, body, and what becomes of the answer."""
        with self.lock:
            self.calls.append(f"{method} {path}")
            what = self.trouble(len(self.calls), method, path)
            if what == "lost before":
                return 0, None, what
            if what == "429":
                return 429, {"title": "slow down"}, what
            if what == "late" and method == "POST" and not query.get("validateOnly") and path.endswith("withlines"):
                self.late.append((tenant, json.loads(body)))
                return 0, None, "lost before"
            status, found = self._do(method, path, query, tenant, body)
            if what == "no id" and status == 201:
                found = {**found, "Id": 0, "CustomerNumber": None}
            return status, found, what

    def _do(self, method: str, path: str, query: dict[str, str], tenant: str, body: bytes) -> tuple[int, Any]:
        if method == "GET":
            shelf = self.debtors if path == "/v1/debtors" else self.invoices
            return 200, self._page(list(reversed(shelf.get(tenant, []))), path, query, tenant)
        if path.endswith("/file"):
            self.files.append((path.split("/")[3], body))
            return 201, {"Id": f"f{len(self.files)}"}
        row = json.loads(body)
        if query.get("validateOnly") == "true":
            return 200, {}
        if path == "/v1/debtors":
            rows = self.debtors.setdefault(tenant, [])
            made = {"Id": len(rows) + 1, "CustomerNumber": f"D{len(rows) + 1}", "EmailAddress": row["emailAddress"]}
            rows.append({**made, "Name": row["name"], "CountryCode": row["countryCode"], "VatNumber": None})
            return 201, {"_data": [made]}
        return 201, self._book(tenant, row)

    def _page(self, rows: list[dict[str, Any]], path: str, query: dict[str, str], tenant: str) -> dict[str, Any]:
        asked = {name.casefold(): value.casefold() for name, value in query.items()}
        if self.filters:
            for name in ("Id", "EmailAddress", "CustomerNumber", "Description"):
                if name.casefold() in asked:
                    wanted = asked[name.casefold()]
                    rows = [row for row in rows if wanted in str(row.get(name)).casefold()]
        page = int(query.get("page", "0"))
        following = f"https://elsewhere.example{path}?Page={page + 1}" if (page + 1) * PAGE < len(rows) else None
        meta = {"AdministrationId": int(tenant), "TotalCount": len(rows), "NextPage": following}
        return {"_Data": rows[page * PAGE : (page + 1) * PAGE], "_Meta": meta}


class _Handler(BaseHTTPRequestHandler):
    asperion: OtherAsperion

    def log_message(self, *arguments: Any) -> None:
        pass

    def _serve(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        tenant = self.headers.get("x-tenant-id", DEFAULT_TENANT)
        query = dict(parse_qsl(url.query))
        status, found, what = self.asperion.answer(self.command, url.path, query, tenant, body)
        if what in ("lost before", "lost after"):
            self.close_connection = True
            return
        content = json.dumps(found).encode()
        if what == "html":
            content = b"<html>Even geduld</html>"
        self.send_response(302 if what == "redirect" else 500 if what == "500 after" else status)
        if what == "redirect":
            self.send_header("location", "/v1/login")
        if what == "429":
            self.send_header("retry-after", "Tue, 24 Nov 2037 12:00:00 GMT")
        self.send_header("content-length", str(len(content) + (10 if what == "cut off" else 0)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _serve  # noqa: N815 - the library names them


@contextmanager
def other_asperion(tenant: str) -> Iterator[OtherAsperion]:
    """One that listens on loopback."""
    asperion = OtherAsperion(tenant)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"asperion": asperion}))
    server.daemon_threads = True
    asperion.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield asperion
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
