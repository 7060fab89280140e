"""The simulated Asperion as a whole: who is let in, what is booked when, and which trouble strikes on the way."""

import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from kloppend.books.asperion.axml.layout import Profile
from kloppend.books.asperion.axml.profile import builtin_profile, load_profile
from kloppend.books.asperion.simulator import screens
from kloppend.books.asperion.simulator.administration import Row, SimulatedAdministration
from kloppend.books.asperion.simulator.answer import Failure, NoAnswer, Reply, problem_reply
from kloppend.books.asperion.simulator.api import Api
from kloppend.books.asperion.simulator.faults import Fault, Faults
from kloppend.books.asperion.simulator.identity import Client, Identity
from kloppend.books.asperion.simulator.importing import import_file

CLIENT = Client("kloppend", "simulator-secret", "http://127.0.0.1/asperion/back")


class SimulatedAsperion:
    """One Asperion with its administrations; the first is the user's default. Safe to use from many threads."""

    def __init__(self, *, client: Client = CLIENT, profile: Profile | None = None) -> None:
        self.administrations = [SimulatedAdministration(101, "Privé"), SimulatedAdministration(102, "Webwinkel BV")]
        self.faults = Faults()
        self.clock_offset = 0.0
        """Seconds the simulator's clock is ahead."""
        self.requests: Counter[str] = Counter()
        """How often each "METHOD path" was asked."""
        self.profile = profile or load_profile(builtin_profile("placeholder"))
        self.identity = Identity(client, self.faults, self.now)
        self._api = Api(self)
        self._late: list[tuple[float, SimulatedAdministration, Row]] = []
        self._lock = threading.RLock()

    def now(self) -> float:
        """The simulator's time, unix seconds."""
        return time.time() + self.clock_offset

    def grant(self) -> dict[str, object]:
        """Tokens, as if the owner had just consented in a browser."""
        with self._lock:
            return self.identity.grant()

    def book_later(self, books: SimulatedAdministration, invoice: Row, seconds: float) -> None:
        """Keep an invoice that will be booked when its moment has come."""
        self._late.append((self.now() + seconds, books, invoice))

    def authorize(self, params: Mapping[str, str], *, answer: str) -> Reply:
        """The identity server's page for the owner."""
        with self._lock:
            return self.identity.authorize(params, answer=answer)

    def token(self, form: Mapping[str, str]) -> Reply:
        """The identity server's address for programs."""
        with self._lock:
            self.requests["POST /connect/token"] += 1
            return self._spoiled("/connect/token", lambda: self.identity.token(form))

    def call(self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes) -> Reply:
        """One call of the API, with everything that can go wrong."""
        path = path.lower()
        with self._lock:
            self.requests[f"{method} {path}"] += 1
            self._book_what_is_due()
            return self._spoiled(path, lambda: self._answer(method, path, query, headers, body))

    def _answer(
        self, method: str, path: str, query: Mapping[str, str], headers: Mapping[str, str], body: bytes
    ) -> Reply:
        kind, _, token = headers.get("authorization", "").partition(" ")
        try:
            if kind != "Bearer" or not self.identity.admits(token):
                raise Failure(401, "Unauthorized")
            wait = self.faults.strikes(Fault.TOO_MANY)
            if wait is not None:
                raise Failure(429, "Too Many Requests", Retry_After=wait or "1")
            tenant = headers.get("x-tenant-id", "")
            if method == "GET":
                return self._api.get(path, query, tenant)
            if method == "POST":
                return self._api.post(path, query, tenant, body)
            raise Failure(405, "Method Not Allowed")
        except Failure as failure:
            return problem_reply(failure, trace_id=secrets.token_hex(8))

    def _spoiled(self, path: str, do: Callable[[], Reply]) -> Reply:
        if self.faults.strikes(Fault.LOST_REQUEST, path) is not None:
            raise NoAnswer
        if self.faults.strikes(Fault.ERROR_BEFORE, path) is not None:
            return problem_reply(Failure(500, "Internal Server Error"), trace_id=secrets.token_hex(8))
        reply = do()
        if self.faults.strikes(Fault.LOST_ANSWER, path) is not None:
            raise NoAnswer
        if self.faults.strikes(Fault.ERROR_AFTER, path) is not None:
            return problem_reply(Failure(500, "Internal Server Error"), trace_id=secrets.token_hex(8))
        if self.faults.strikes(Fault.NOT_JSON, path) is not None:
            return Reply(200, b"<html><body>Even geduld</body></html>", "text/html")
        return reply

    def _book_what_is_due(self) -> None:
        due = [entry for entry in self._late if entry[0] <= self.now()]
        self._late = [entry for entry in self._late if entry[0] > self.now()]
        for _, books, invoice in due:
            books.add_invoice(invoice)

    def show(self, path: str) -> Reply | None:
        """A page for people; None when there is none."""
        with self._lock:
            self._book_what_is_due()
            if path == "/":
                return screens.invoices_page(self)
            if path == "/debtors":
                return screens.debtors_page(self)
            if path == "/import":
                return screens.import_page(self.administrations[-1])
            return screens.faults_page(self) if path == "/faults" else None

    def import_file(self, content: bytes) -> Sequence[str]:
        """What "Synchroniseren" does, in the last administration; a sentence per order."""
        with self._lock:
            repeats = self.faults.strikes(Fault.DUPLICATES_ACCEPTED) is not None
            return import_file(self.administrations[-1], self.profile, content, repeats=repeats)

    def submit(self, path: str, form: Mapping[str, str], file: bytes) -> Reply | None:
        """What a button on a page does; None when there is no such button."""
        with self._lock:
            books = self.administrations[-1]
            if path == "/import":
                return screens.import_page(books, self.import_file(file))
            if path == "/import/settings":
                screens.save_settings(books, form)
                return screens.import_page(books, ["Saved."])
            if path == "/faults" and form.get("fault") in set(Fault):
                fault = Fault(form["fault"])
                if form.get("switch") == "on":
                    self.faults.switch_on(fault, form.get("value", ""))
                else:
                    self.faults.switch_off(fault)
                return screens.faults_page(self)
            return None
