"""Everything a store, its server or the way to it can do wrong, as switches."""

import threading
from enum import StrEnum


class Fault(StrEnum):
    """One kind of trouble; the comment says what `value` means where it means something."""

    HTML = "html"
    PHP_NOTICE = "php_notice"  # before the answer
    PHP_ERROR = "php_error"  # instead of the answer
    TRUNCATED = "truncated"
    UNSIGNED = "unsigned"
    WRONG_SIGNATURE = "wrong_signature"
    REPLAYED = "replayed"
    WRONG_FORM = "wrong_form"
    TOO_NEW = "too_new"
    EXTENSION_ERROR = "extension_error"
    DEEP_JSON = "deep_json"
    PAGE_TWICE = "page_twice"
    NO_LINES = "no_lines"  # order id
    INVALID_UTF8 = "invalid_utf8"  # order id
    BAD_AMOUNT = "bad_amount"  # order id
    MISSING_FIELD = "missing_field"  # order id
    CLOCK_JUMPS = "clock_jumps"
    ENDLESS = "endless"
    HUGE = "huge"
    SLOW_DRIP = "slow_drip"
    GZIP_BOMB = "gzip_bomb"
    CUT_OFF = "cut_off"
    RESET = "reset"
    STATUS = "status"  # HTTP status
    REDIRECT = "redirect"  # address to send to, without path and query


class Faults:
    """The switches of one store. Each stays on until switched off, or for so many `times`."""

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

    def strikes(self, fault: Fault, value: str | None = None) -> str | None:
        """The switch's value when this goes wrong now (and, if given, concerns this `value`), else None."""
        with self._lock:
            if fault not in self._on or (value is not None and self._on[fault][0] != value):
                return None
            found, times = self._on[fault]
            if times is not None and times <= 1:
                del self._on[fault]
            elif times is not None:
                self._on[fault] = (found, times - 1)
            return found
