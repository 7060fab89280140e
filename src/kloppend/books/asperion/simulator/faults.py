"""Everything Asperion, or the way to it, can do wrong, as switches."""

import threading
from enum import StrEnum


class Fault(StrEnum):
    """One kind of trouble. "path": the value is a part of the paths that it strikes; empty strikes all of them."""

    LOST_REQUEST = "lost_request"  # path: nothing is done and no answer comes
    LOST_ANSWER = "lost_answer"  # path: all is done and no answer comes
    BOOKED_LATE = "booked_late"  # seconds: no answer comes, and the invoice is booked so much later
    ERROR_BEFORE = "error_before"  # path: status 500, nothing is done
    ERROR_AFTER = "error_after"  # path: status 500, although all was done
    NOT_JSON = "not_json"  # path: all is done, and the answer is a web page
    TOO_MANY = "too_many"  # seconds: status 429 with this Retry-After
    SLOW = "slow"  # seconds before each answer
    FILTERS_IGNORED = "filters_ignored"
    FILTERS_EXACT = "filters_exact"  # text filters ask for equality; without this switch for "contains"
    ACCESS_EXPIRED = "access_expired"
    SHORT_LIVED = "short_lived"  # seconds that new access tokens work
    SCOPE_REFUSED = "scope_refused"
    OTHER_USER = "other_user"  # who consents sees the default administration only
    REFRESH_REFUSED = "refresh_refused"
    ROTATION_LOST = "rotation_lost"  # the refresh token was replaced and the answer never comes
    OLD_REFRESH_TOKENS_WORK = "old_refresh_tokens_work"
    DUPLICATES_ACCEPTED = "duplicates_accepted"  # without this switch a second equal description is refused


class Faults:
    """The switches. Each stays on until switched off, or for so many `times`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._on: dict[Fault, tuple[str, int | None]] = {}

    def switch_on(self, fault: Fault, value: str = "", *, times: int | None = None) -> None:
        """From now on this goes wrong, for the next `times` occasions or until switched off."""
        with self._lock:
            self._on[fault] = (value, times)

    def switch_off(self, *faults: Fault) -> None:
        """These go right again; without any, everything does."""
        with self._lock:
            for fault in faults or tuple(self._on):
                self._on.pop(fault, None)

    def switched_on(self) -> dict[Fault, str]:
        """The faults that are on, with their values."""
        with self._lock:
            return {fault: value for fault, (value, _) in self._on.items()}

    def strikes(self, fault: Fault, path: str | None = None) -> str | None:
        """The switch's value when this goes wrong now (on this path, where one is given), else None."""
        with self._lock:
            value, times = self._on.get(fault, (None, None))
            if value is None or (path is not None and value not in path):
                return None
            if times is not None and times <= 1:
                del self._on[fault]
            elif times is not None:
                self._on[fault] = (value, times - 1)
            return value
