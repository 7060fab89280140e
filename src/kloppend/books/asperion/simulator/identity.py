"""The simulated identity server: OAuth2 authorization code with state and PKCE, and refresh tokens that rotate.

Confirmed are the two paths, the consent screen, the code, and client id and secret in the form body; life times,
scopes, rotation and PKCE are guesses.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import urlencode

from kloppend.books.asperion.simulator.answer import NoAnswer, Reply, json_reply
from kloppend.books.asperion.simulator.faults import Fault, Faults
from kloppend.books.asperion.simulator.page import page

CODE_SECONDS, ACCESS_SECONDS = 60, 3600


@dataclass(frozen=True, slots=True)
class Client:
    """A program that was admitted as an API partner."""

    client_id: str
    client_secret: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class _Code:
    redirect_uri: str
    challenge: str
    until: float


class Identity:
    """Codes and tokens in memory. Every method expects the caller to hold the simulator's lock."""

    def __init__(self, client: Client, faults: Faults, now: Callable[[], float]) -> None:
        self.client = client
        self.refreshes = 0
        """How often a refresh token was used with success."""
        self._faults = faults
        self._now = now
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, float] = {}
        self._refresh: set[str] = set()  # one per consent: each replaces itself at use
        self._old: set[str] = set()

    def authorize(self, params: Mapping[str, str], *, answer: str) -> Reply:
        """The consent page, and after consent the way back with a code."""
        if params.get("client_id") != self.client.client_id or params.get("redirect_uri") != self.client.redirect_uri:
            return page("Unknown client", "<p>This client or redirect address is not registered.</p>", status=400)
        if params.get("response_type") != "code":
            return self._back(error="unsupported_response_type", state=params.get("state", ""))
        if answer == "no":
            return self._back(error="access_denied", state=params.get("state", ""))
        if self._faults.strikes(Fault.SCOPE_REFUSED) is not None:
            return self._back(error="invalid_scope", state=params.get("state", ""))
        if answer != "yes":
            hidden = "".join(
                f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in params.items()
            )
            buttons = "".join(
                f'<button name="consent" value="{value}">{label}</button> '
                for value, label in (("yes", "Yes, Allow"), ("no", "No, Do Not Allow"))
            )
            form = f'<form method="post">{hidden}{buttons}</form>'
            return page("Kloppend wants access to your administration", form)
        code = secrets.token_urlsafe(24)
        challenge = params.get("code_challenge", "")
        self._codes[code] = _Code(self.client.redirect_uri, challenge, self._now() + CODE_SECONDS)
        return self._back(code=code, state=params.get("state", ""))

    def _back(self, **params: str) -> Reply:
        return Reply(302, headers={"Location": f"{self.client.redirect_uri}?{urlencode(params)}"})

    def token(self, form: Mapping[str, str]) -> Reply:
        """Tokens for a code or for a refresh token."""
        secret = form.get("client_secret", "")
        if form.get("client_id") != self.client.client_id or not hmac.compare_digest(
            secret.encode(), self.client.client_secret.encode()
        ):
            return json_reply(400, {"error": "invalid_client"})
        if form.get("grant_type") == "authorization_code":
            return self._redeem(form)
        if form.get("grant_type") == "refresh_token":
            return self._rotate(form.get("refresh_token", ""))
        return json_reply(400, {"error": "unsupported_grant_type"})

    def admits(self, access_token: str) -> bool:
        """Whether an API call with this token is let in."""
        expired = self._faults.strikes(Fault.ACCESS_EXPIRED) is not None
        if expired:
            self._access.pop(access_token, None)
        return self._access.get(access_token, 0) > self._now()

    def grant(self, replaced: str = "") -> dict[str, object]:
        """New tokens, as if the owner had just consented, or in the place of this refresh token."""
        self._refresh.discard(replaced)
        self._old |= {replaced} - {""}
        access, refresh = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        self._refresh.add(refresh)
        life = int(self._faults.strikes(Fault.SHORT_LIVED) or ACCESS_SECONDS)
        self._access[access] = self._now() + life
        tokens = {"access_token": access, "refresh_token": refresh}
        return {**tokens, "token_type": "Bearer", "expires_in": life}

    def _redeem(self, form: Mapping[str, str]) -> Reply:
        code = self._codes.pop(form.get("code", ""), None)
        if code is None or code.until < self._now() or form.get("redirect_uri") != code.redirect_uri:
            return json_reply(400, {"error": "invalid_grant"})
        if code.challenge and challenge_of(form.get("code_verifier", "")) != code.challenge:
            return json_reply(400, {"error": "invalid_grant"})
        return json_reply(200, self.grant())

    def _rotate(self, refresh_token: str) -> Reply:
        old_works = refresh_token in self._old and self._faults.strikes(Fault.OLD_REFRESH_TOKENS_WORK) is not None
        refused = self._faults.strikes(Fault.REFRESH_REFUSED) is not None
        if refused or not (old_works or refresh_token in self._refresh):
            return json_reply(400, {"error": "invalid_grant"})
        tokens = self.grant(refresh_token)
        self.refreshes += 1
        if self._faults.strikes(Fault.ROTATION_LOST) is not None:
            raise NoAnswer
        return json_reply(200, tokens)


def challenge_of(verifier: str) -> str:
    """The PKCE challenge (S256) of a verifier."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
