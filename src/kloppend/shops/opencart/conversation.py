"""One signed question and its verified answer: finds the route, follows the shop's own redirects, minds the clock."""

import secrets
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpx
import stamina

from kloppend.domain.licence import licence_mark
from kloppend.domain.problems import Problem
from kloppend.outside.errors import OutsideError
from kloppend.outside.http import Answer, GuardedClient
from kloppend.shops.opencart import answers, signing, wire
from kloppend.shops.opencart.answers import Form
from kloppend.shops.opencart.redirects import REDIRECTS, next_hop, refused
from kloppend.shops.opencart.routes import routes_to_try
from kloppend.shops.port import ShopAccess, ShopFault

_NOT_HERE = frozenset({"SHOP_EXTENSION_NOT_FOUND", "SHOP_ANSWER_NOT_JSON", "SHOP_FIREWALL"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a request is made before a passing trouble counts, and the first wait in seconds; waits double."""

    attempts: int = 3
    first_wait: float = 1.0


class Conversation:
    """Speaks protocol version 1 with one shop. Everything raises ShopFault and nothing else."""

    def __init__(self, access: ShopAccess, http: GuardedClient, patience: Patience) -> None:
        self._access = access
        self._http = http
        self._patience = patience
        self._clock_offset = 0
        self.route = ""
        self._base, self.host = _base_of(access.address)

    def ask(self, action: str, params: Mapping[str, str], form: type[Form]) -> Form:
        """Ask the shop to do `action`; the answer in this form, proved to be the shop's answer to this request."""
        if not self._base:
            raise ShopFault(Problem.of("SHOP_ADDRESS_INVALID"))
        for attempt in self._attempts():
            with attempt:
                text = self._ask_once({"action": action, **params})
        return answers.decoded(text, form, self.host)

    def _attempts(self) -> Iterable[stamina.Attempt]:
        return stamina.retry_context(
            on=lambda error: isinstance(error, ShopFault) and error.problem.code in answers.TRANSIENT,
            attempts=self._patience.attempts,
            timeout=None,
            wait_initial=self._patience.first_wait,
            wait_max=self._patience.first_wait * 8,
            wait_jitter=self._patience.first_wait,
        )

    def _ask_once(self, params: Mapping[str, str]) -> str:
        if self.route:
            try:
                return self._ask_in_time(self.route, params)
            except ShopFault as fault:
                if fault.problem.code != "SHOP_EXTENSION_NOT_FOUND":
                    raise
        return self._ask_everywhere(params)

    def _ask_everywhere(self, params: Mapping[str, str]) -> str:
        """Try every route. When none is the extension's, the most telling fault is not the "not found" of a route."""
        worst = ShopFault(Problem.of("SHOP_EXTENSION_NOT_FOUND", address=self.host))
        for route in routes_to_try(self.route or self._access.route):
            try:
                text = self._ask_in_time(route, params)
            except ShopFault as fault:
                if fault.problem.code not in _NOT_HERE:
                    raise
                worst = fault if worst.problem.code == "SHOP_EXTENSION_NOT_FOUND" else worst
            else:
                self.route = route
                return text
        raise worst

    def _ask_in_time(self, route: str, params: Mapping[str, str]) -> str:
        """Ask, and when the shop's clock turns out to differ, once more by the shop's own clock."""
        text = self._exchange(route, params)
        error = self._error(text)
        if error and error.code == "CLOCK_DIFFERS" and error.time is not None:
            self._clock_offset = error.time - int(time.time())
            text = self._exchange(route, params)
            error = self._error(text)
        if error:
            raise self._error_fault(error)
        return text

    def _error(self, text: str) -> wire.Fault | None:
        return answers.decoded(text, wire.MayHaveFailed, self.host).error

    def _error_fault(self, error: wire.Fault) -> ShopFault:
        if error.code == "CLOCK_DIFFERS":
            return ShopFault(Problem.of("SHOP_CLOCK_DIFFERS", address=self.host))
        if error.code == "PROTOCOL_UNKNOWN":
            return ShopFault(Problem.of("SHOP_PROTOCOL_TOO_NEW", address=self.host))
        return ShopFault(Problem.of("SHOP_EXTENSION_ERROR", address=self.host, error=error.code))

    def _exchange(self, route: str, params: Mapping[str, str]) -> str:
        nonce = secrets.token_hex(16)
        sent = {
            **params,
            "protocol": str(wire.PROTOCOL),
            "timestamp": str(int(time.time()) + self._clock_offset),
            "nonce": nonce,
            "licence": licence_mark(self._access.licence_key),
        }
        signature = signing.sign_request(self._access.api_key, sent)
        answer = self._fetch({"route": route, **sent, "signature": signature})
        text = answers.opened(answer, key=self._access.api_key, nonce=nonce, address=self.host)
        asked = answer.url.partition("?")[0]
        if asked.endswith("/index.php"):  # where a redirect led, so that the next question goes there at once
            self._base = asked.removesuffix("/index.php")
        return text

    def _fetch(self, params: Mapping[str, str]) -> Answer:
        """The answer after the shop's own redirects; every hop goes through the guard again."""
        answer = self._get(f"{self._base}/index.php", params)
        hops = 0
        while answer.status in REDIRECTS:
            hops += 1
            target = next_hop(answer)
            problem = refused(self.host, httpx.URL(answer.url), target, hops)
            if problem:
                raise ShopFault(problem)
            answer = self._get(str(target), {})
        return answer

    def _get(self, url: str, params: Mapping[str, str]) -> Answer:
        try:
            return self._http.get(url, params)
        except OutsideError as error:
            raise answers.outside_fault(error, self.host) from error


def _base_of(address: str) -> tuple[str, str]:
    """The address up to its path, no slash at its end, and its host name; both empty when it cannot be a shop's."""
    try:
        url = httpx.URL(address.strip()).copy_with(query=None, fragment=None)
    except (httpx.InvalidURL, ValueError):
        return "", ""
    usable = url.scheme in ("http", "https") and url.host and not url.userinfo
    base = str(url).removesuffix("/").removesuffix("/index.php")
    return (base, url.host) if usable else ("", "")
