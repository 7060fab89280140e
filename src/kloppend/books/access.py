"""Access that the owner of an administration gives: who we are, what was consented to, and where the tokens live.

A refresh token may be replaced at each use, so two at once must never use the same one.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from kloppend.outside.http import GuardedClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What lets us in, is to be renewed from `expires_at` (aware) on, and what gets us the next ones."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: datetime


class TokenStore(Protocol):
    """Keeps the tokens of one administration's access, encrypted."""

    def load(self) -> Tokens | None:
        """The newest tokens; None when access was never given."""
        ...

    def lock(self) -> AbstractContextManager[None]:
        """Alone, among all threads and processes, until the block ends. What is loaded inside is the newest."""
        ...

    def save(self, tokens: Tokens) -> None:
        """Keep these, durably when the lock is given back. Only inside `lock`."""
        ...


class MemoryTokenStore:
    """For tests and trials within one process."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens
        self._lock = threading.Lock()

    def load(self) -> Tokens | None:
        """The newest tokens."""
        return self._tokens

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Alone among the threads."""
        with self._lock:
            yield

    def save(self, tokens: Tokens) -> None:
        """Keep these."""
        if not self._lock.locked():
            raise RuntimeError("tokens are saved under the lock only")
        self._tokens = tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerClient:
    """How the package knows the operator of this service."""

    client_id: str
    client_secret: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """All that is needed to speak with a package for one administration. `http`: with timeouts of a few minutes at
    most together, as the lease on an order must be longer."""

    partner: PartnerClient
    store: TokenStore
    http: GuardedClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """A consent that was asked for: send the owner to `url`, and keep the rest, in the owner's session, until then."""

    url: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


class OwnerConsent(Protocol):
    """The way to get access. Everything raises BooksTrouble and nothing else."""

    def ask_consent(self) -> Consent:
        """Where to send the owner."""
        ...

    def take_consent(self, consent: Consent, came_back: Mapping[str, str]) -> None:
        """The owner came back with these parameters in the address: get tokens and keep them."""
        ...
