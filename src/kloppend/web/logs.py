"""Log lines without personal data: what an error *says* may quote an order, so only where it happened is told."""

import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType

LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
FEED_SECRET = re.compile(r"/feed/[^/\s?]+")  # who fetches files by a secret address
Raised = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class SoberFormatter(logging.Formatter):
    """`2026-11-24T06:00:00Z INFO kloppend.sync.runs run of connection 3 started`, in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """Also without the secret in an address of the feed."""
        return FEED_SECRET.sub("/feed/***", super().format(record))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        """The moment, in UTC, to the second."""
        return datetime.fromtimestamp(record.created, UTC).strftime(datefmt or "%Y-%m-%dT%H:%M:%SZ")

    def formatException(self, ei: Raised) -> str:  # noqa: N802 - logging's name
        """The kind of error and the places it came through, outermost first; not its message."""
        kind, _, trace = ei
        places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)]
        return "\n".join([*places, f"  {kind.__name__ if kind else 'no error'}"])


def logging_settings(level: str) -> dict[str, object]:
    """Django's LOGGING: everything on standard error; ours from `level` on, that of others when it is a warning."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"sober": {"()": "kloppend.web.logs.SoberFormatter", "format": LINE}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "sober"}},
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"kloppend": {"level": level}, "django": {"handlers": [], "level": "WARNING", "propagate": True}},
    }
