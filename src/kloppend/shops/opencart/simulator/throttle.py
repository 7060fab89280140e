"""What outsiders get: one fixed answer, and after many wrong signatures from one address the same with another status.

A right signature is never looked up here, so it is never locked out.
"""

import time
from collections import deque
from dataclasses import dataclass

WRONG_SIGNATURES_ALLOWED = 20
WINDOW_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP status and body."""

    status: int
    body: bytes


REFUSED = Reply(403, b'{"error":"refused"}')
SLOW_DOWN = Reply(429, b'{"error":"refused"}')


class Throttle:
    """Counts wrong signatures per remote address over the last ten minutes."""

    def __init__(self) -> None:
        self._wrong: dict[str, deque[float]] = {}

    def refusal(self, remote: str) -> Reply:
        """The answer to one more wrong signature from this address."""
        seen = self._wrong.setdefault(remote, deque(maxlen=WRONG_SIGNATURES_ALLOWED + 1))
        seen.append(time.monotonic())
        recent = sum(1 for moment in seen if moment > time.monotonic() - WINDOW_SECONDS)
        return SLOW_DOWN if recent > WRONG_SIGNATURES_ALLOWED else REFUSED
