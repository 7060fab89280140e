"""A store made of recorded rows: answers signed requests as the extension would, and can change while it runs."""

import copy
import hashlib
import json
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kloppend.domain.licence import licence_mark
from kloppend.shops.opencart import signing, wire
from kloppend.shops.opencart.routes import route_of, version_numbers
from kloppend.shops.opencart.simulator import actions
from kloppend.shops.opencart.simulator.corruption import spoil
from kloppend.shops.opencart.simulator.faults import Fault, Faults
from kloppend.shops.opencart.simulator.throttle import REFUSED, Reply, Throttle

RECORDINGS = tuple(
    sorted(
        Path(str(file))
        for file in (resources.files("kloppend.shops.opencart") / "recordings").iterdir()
        if file.name.endswith(".json")
    )
)
"""The recorded rows of real stores, one JSON file per OpenCart version."""

_NONCE = re.compile(r"[0-9a-f]{32,64}")
_AMSTERDAM = ZoneInfo("Europe/Amsterdam")


class SimulatedStore:
    """One store. `rows` is a recording's path or its content; `shop_id` is random unless given."""

    def __init__(
        self, rows: Path | str | Mapping[str, Any], api_key: str, licence_key: str = "", *, shop_id: str = ""
    ) -> None:
        found = rows if isinstance(rows, Mapping) else json.loads(Path(rows).read_text(encoding="utf-8"))
        self._rows: dict[str, Any] = copy.deepcopy(dict(found))
        self.api_key = api_key
        self.licence_key = licence_key
        self.shop_id = shop_id or secrets.token_hex(16)
        self.version = str(self._rows["meta"]["opencart_version"])
        self.route = route_of(self.version)
        self.faults = Faults()
        self.clock_offset = 0
        """Seconds the store's clock is ahead."""
        self.requests: Counter[str] = Counter()
        """How often each action was asked, wrong signatures under "refused"."""
        self._lock = threading.RLock()
        self._throttle = Throttle()

    @property
    def records(self) -> list[dict[str, Any]]:
        """The orders with their rows, as in the recording; change them through the methods below."""
        records: list[dict[str, Any]] = self._rows["orders"]
        return records

    def add_order(self, record: Mapping[str, Any]) -> str:
        """A new order arrives; gets the next order id and the present time. Returns the id."""
        with self._lock:
            order_id = str(max((int(r["order"]["order_id"]) for r in self.records), default=0) + 1)
            new = copy.deepcopy(dict(record))
            now = self.clock()["database"]
            new["order"] |= {"order_id": order_id, "date_added": now, "date_modified": now}
            for row in (row for name, rows in new.items() if isinstance(rows, list) for row in rows):
                row["order_id"] = order_id
            for row in new.get("order_history", []):
                row["date_added"] = now
            self.records.append(new)
            return order_id

    def change_order(self, order_id: str, **columns: str) -> None:
        """Columns of the order row get other values, and the order counts as changed now."""
        with self._lock:
            self._record(order_id)["order"] |= {"date_modified": self.clock()["database"], **columns}

    def set_status(self, order_id: str, status_id: str) -> None:
        """The order gets a status, with a row in its history."""
        with self._lock:
            history = self._record(order_id).setdefault("order_history", [])
            newest = max((int(row["order_history_id"]) for row in history), default=0)
            row = {"order_history_id": str(newest + 1), "order_id": order_id, "order_status_id": status_id}
            history.append({**row, "date_added": self.clock()["database"]})
            self.change_order(order_id, order_status_id=status_id)

    def remove_order(self, order_id: str) -> None:
        """The order is deleted, as OpenCart does: without a trace."""
        with self._lock:
            self.records.remove(self._record(order_id))

    def clock(self) -> dict[str, str | None]:
        """The clock triple. From 3.0.3.7 the database follows the shop's zone; before, the server's, which is UTC."""
        utc = datetime.fromtimestamp(self.now(), UTC)
        wall = utc.astimezone(_AMSTERDAM)
        version = version_numbers(self.version)
        database = wall if version >= (3, 0, 3, 7) else utc
        form = "%Y-%m-%d %H:%M:%S"
        return {
            "database": database.strftime(form),
            "utc": utc.strftime(form),
            "php": wall.isoformat(timespec="seconds"),
            "zone": "Europe/Amsterdam",
        }

    def now(self) -> int:
        """The store's time, unix seconds."""
        return int(time.time()) + self.clock_offset

    def respond(self, params: Mapping[str, str], remote: str) -> Reply:
        """The answer to a request's query (without `route`) from this remote address."""
        signature = signing.sign_request(self.api_key, params)
        arrays = any("[" in name for name in params)  # what PHP makes an array of
        if not self.api_key or arrays or not signing.same(signature, params.get("signature", "")):
            return self._refuse(remote)
        nonce = params.get("nonce", "")
        if not _NONCE.fullmatch(nonce):
            return REFUSED
        with self._lock:
            body = self._body(params)
        return self._sealed(body, nonce)

    def _refuse(self, remote: str) -> Reply:
        with self._lock:
            self.requests["refused"] += 1
            return self._throttle.refusal(remote)

    def _body(self, params: Mapping[str, str]) -> dict[str, Any]:
        action = params.get("action", "")
        self.requests[action] += 1
        error = self._error(params)
        if error:
            return {"error": error}
        if action == "ping":
            return self._ping(params)
        if action not in actions.ACTIONS:
            return {"error": {"code": "ACTION_UNKNOWN"}}
        if "after_id" in params and self.faults.strikes(Fault.PAGE_TWICE) is not None:
            params = {**params, "after_id": "0", "since": "2000-01-01 00:00:00"}
        reference = self._rows.get("reference", {})
        try:
            found = actions.ACTIONS[action](self.records, reference, params)
        except actions.ParameterInvalid as invalid:
            return {"error": {"code": "PARAMETER_INVALID", "parameter": str(invalid)}}
        around = {"clock": self.clock(), "query_ms": 1, "base_currency": self._base_currency()}
        return spoil({**found, **around, "tax_rates": actions.tax_rates(reference)} | found, self.faults)

    def _error(self, params: Mapping[str, str]) -> dict[str, object] | None:
        if params.get("protocol") != str(wire.PROTOCOL):
            return {"code": "PROTOCOL_UNKNOWN", "protocols": [wire.PROTOCOL]}
        timestamp = params.get("timestamp", "")
        fits = timestamp.isdecimal() and abs(int(timestamp[:12]) - self.now()) <= wire.CLOCK_TOLERANCE
        if self.faults.strikes(Fault.CLOCK_JUMPS) is not None or not fits:
            return {"code": "CLOCK_DIFFERS", "time": self.now()}
        if self.faults.strikes(Fault.EXTENSION_ERROR) is not None:
            return {"code": "DATABASE_FAILED"}
        return None

    def _ping(self, params: Mapping[str, str]) -> dict[str, Any]:
        own = licence_mark(self.licence_key)
        fits = "ok" if signing.same(own, params.get("licence", "")) else "differs"
        order = self.records[0]["order"] if self.records else {}
        store = {"store_id": "0", "name": order.get("store_name", ""), "url": order.get("store_url", "")}
        return {
            "shop_id": self.shop_id,
            "software": "opencart",
            "software_version": self.version,
            "extension_version": "1.0.0",
            "php_version": "8.2.0",
            "protocols": [wire.PROTOCOL],
            "base_currency": self._base_currency(),
            "licence": fits if own else "empty",
            "stores": [store],
            "clock": self.clock(),
            "query_ms": 1,
        }

    def _base_currency(self) -> str:
        return str(self._rows["meta"].get("store", {}).get("default_currency", "EUR"))

    def _record(self, order_id: str) -> dict[str, Any]:
        for record in self.records:
            if record["order"]["order_id"] == order_id:
                return record
        raise KeyError(order_id)

    def _sealed(self, body: Mapping[str, Any], nonce: str) -> Reply:
        protocol = wire.PROTOCOL + (self.faults.strikes(Fault.TOO_NEW) is not None)
        if self.faults.strikes(Fault.REPLAYED) is not None:
            nonce = hashlib.sha256(nonce.encode("ascii")).hexdigest()[:32]
        content = json.dumps(body, ensure_ascii=False)
        signature = signing.sign_envelope(self.api_key, protocol, nonce, content)
        if self.faults.strikes(Fault.WRONG_SIGNATURE) is not None:
            signature = signature[::-1]
        envelope = {"protocol": protocol, "nonce": nonce, "body": content, "signature": signature}
        if self.faults.strikes(Fault.UNSIGNED) is not None:
            del envelope["signature"]
        return Reply(200, json.dumps(envelope, ensure_ascii=False).encode("utf-8"))
