"""A worker that does nothing but call the books of a connection: `python -m tests.faults.token_child CONNECTION CALLS`.

Prints how many calls were answered. With `DIE` in place of CALLS it dies between the books' rotation and our commit.
"""

import os
import signal
import sys

import django

django.setup()

from kloppend.records.models import Connection  # noqa: E402
from kloppend.records.tokens import RecordedTokens  # noqa: E402
from kloppend.sync.consent import administrations_of  # noqa: E402


def main(connection_id: int, calls: str) -> None:
    """Call, one after another, without ever waiting."""
    if calls == "DIE":
        RecordedTokens.save = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign]
    connection = Connection.objects.select_related("administration").get(pk=connection_id)
    kind = connection.administration.kind
    answered = sum(len(administrations_of(connection, kind)) > 0 for _ in range(int(calls) if calls.isdigit() else 1))
    print(answered)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
