"""Access to an administration: the owner's consent (OAuth2 code flow with state and PKCE), fresh tokens after it."""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from kloppend.books.access import Access, Consent, Tokens
from kloppend.books.asperion.rest.settings import RestSettings
from kloppend.books.port import BooksTrouble
from kloppend.domain.problems import Problem
from kloppend.outside.errors import OutsideError

EARLY = timedelta(seconds=60)
"""So long before it expires a token is renewed; a token that lives shortly: when four fifths of its life are over."""
_LIFE_UNTOLD, _LONGEST_LIFE = 300, 24 * 3600
_CLIENT_REFUSED = frozenset({"invalid_client", "unauthorized_client"})


class Identity:
    """Speaks with Asperion's identity server. Everything raises BooksTrouble and nothing else."""

    def __init__(
        self,
        settings: RestSettings,
        access: Access,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._client = access.partner
        self._http = access.http
        self._store = access.store
        self._now = now

    def ask_consent(self) -> Consent:
        """Where to send the shop owner."""
        state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
        params = {
            "client_id": self._client.client_id,
            "redirect_uri": self._client.redirect_uri,
            "response_type": "code",
            "state": state,
        }
        if self._settings.scope:
            params["scope"] = self._settings.scope
        if self._settings.pkce:
            digest = hashlib.sha256(verifier.encode()).digest()
            challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
            params |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        return Consent(
            url=f"{self._settings.identity}/connect/authorize?{urlencode(params)}", state=state, verifier=verifier
        )

    def take_consent(self, consent: Consent, came_back: Mapping[str, str]) -> None:
        """The owner came back with these parameters: exchange the code for tokens and keep them."""
        if not hmac.compare_digest(came_back.get("state", "").encode(), consent.state.encode()):
            raise BooksTrouble(Problem.of("CONSENT_NOT_ASKED"))
        if not came_back.get("code"):
            raise BooksTrouble(_no_code(came_back.get("error", "")))
        form = {
            "grant_type": "authorization_code",
            "code": came_back["code"],
            "redirect_uri": self._client.redirect_uri,
        }
        if self._settings.pkce:
            form["code_verifier"] = consent.verifier
        with self._store.lock():
            self._store.save(self._tokens(form, previous=""))

    def access_token(self, refused: str = "") -> str:
        """A token that should work; `refused` is one that just did not, although it had not expired.

        Only one at a time refreshes; whoever waited finds the new tokens and uses those.
        """
        tokens = self._store.load()
        if tokens and self._usable(tokens, refused):
            return tokens.access_token
        with self._store.lock():
            tokens = self._store.load()
            if tokens is None:
                raise BooksTrouble(Problem.of("BOOKS_ACCESS_LOST"))
            if not self._usable(tokens, refused):
                form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
                tokens = self._tokens(form, previous=tokens.refresh_token)
                self._store.save(tokens)
            return tokens.access_token

    def _usable(self, tokens: Tokens, refused: str) -> bool:
        return tokens.access_token != refused and self._now() < tokens.expires_at

    def _tokens(self, form: Mapping[str, str], previous: str) -> Tokens:
        """One request, never repeated in here: a refresh token may work only once."""
        secret = {"client_id": self._client.client_id, "client_secret": self._client.client_secret}
        try:
            answer = self._http.request(
                "POST",
                f"{self._settings.identity}/connect/token",
                headers={"content-type": "application/x-www-form-urlencoded", "accept": "application/json"},
                content=urlencode({**form, **secret}).encode(),
            )
        except OutsideError as error:
            raise BooksTrouble(Problem.of("BOOKS_UNREACHABLE", what=type(error).__name__)) from error
        if answer.status in (400, 401):
            raise BooksTrouble(_refused(answer.body, of_code="code" in form))
        if answer.status != 200:
            raise BooksTrouble(Problem.of("BOOKS_UNREACHABLE", what=answer.status))
        return self._read(answer.body, previous)

    def _read(self, body: bytes, previous: str) -> Tokens:
        """The newest refresh token is always kept; without one in the answer the previous one stays good."""
        try:
            found = json.loads(body)
            life = _life(found.get("expires_in"))
            access, refresh = str(found["access_token"]), str(found.get("refresh_token") or previous)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BooksTrouble(Problem.of("BOOKS_ANSWER_INVALID", what="tokens")) from error
        if not access.isascii() or not access.isprintable():
            raise BooksTrouble(Problem.of("BOOKS_ANSWER_INVALID", what="tokens"))
        renewed_at = self._now() + life - min(EARLY, life / 5)
        return Tokens(access_token=access, refresh_token=refresh, expires_at=renewed_at)


def _life(told: object) -> timedelta:
    """How long a token works. What cannot be read counts as untold: the refresh token beside it may be the only one."""
    try:
        seconds = int(told) if isinstance(told, (int, float, str)) else _LIFE_UNTOLD
    except (ValueError, OverflowError):
        seconds = _LIFE_UNTOLD
    return timedelta(seconds=min(max(seconds or _LIFE_UNTOLD, 1), _LONGEST_LIFE))


def _no_code(error: str) -> Problem:
    """What it means that the owner came back without a code."""
    if error == "access_denied":
        return Problem.of("CONSENT_DENIED")
    if error in ("invalid_scope", *_CLIENT_REFUSED):
        return Problem.of("CONSENT_REFUSED", what=error)
    return Problem.of("CONSENT_FAILED", what=re.sub(r"[^a-z_]", "", error)[:40] or "-")


def _refused(body: bytes, *, of_code: bool) -> Problem:
    """Why there are no tokens: we are not known, the code was used or is too old, or access has ended."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        found = None
    error = found.get("error") if isinstance(found, dict) else None
    if error in ("invalid_scope", *_CLIENT_REFUSED):
        return Problem.of("CONSENT_REFUSED", what=error)
    return Problem.of("CONSENT_EXPIRED" if of_code else "BOOKS_ACCESS_LOST")
