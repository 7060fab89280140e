"""What the simulator answers: a status, bytes and headers; errors in the problem-details form that is confirmed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

SIMULATOR = "This is a simulator, not Asperion. Shapes that are not publicly known are guesses."


class NoAnswer(Exception):  # noqa: N818 - it is what the client gets
    """The connection ends without an answer."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. Every one carries a header that says where it comes from."""

    status: int
    body: bytes = b""
    kind: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


class Failure(Exception):  # noqa: N818 - it becomes an answer
    """Ends a request with problem details: title, status, detail, traceId and errors per field."""

    def __init__(self, status: int, title: str, errors: Mapping[str, Sequence[str]] | None = None, **headers: str):
        super().__init__(title)
        self.status, self.title, self.errors = status, title, dict(errors or {})
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def json_reply(status: int, body: object, **headers: str) -> Reply:
    """An answer in JSON; amounts are JSON numbers."""
    return Reply(status, json.dumps(body, default=_number, ensure_ascii=False).encode(), headers=headers)


def problem_reply(failure: Failure, trace_id: str) -> Reply:
    """A failure as Asperion words one."""
    body = {"title": failure.title, "status": failure.status, "detail": SIMULATOR, "traceId": trace_id}
    content = json.dumps({**body, "errors": {name: list(texts) for name, texts in failure.errors.items()}})
    return Reply(failure.status, content.encode(), "application/problem+json", failure.headers)


def _number(value: object) -> Any:
    if isinstance(value, Decimal):
        return float(value)  # as a server in another language would write it
    raise TypeError(type(value).__name__)
