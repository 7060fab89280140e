"""`make kill-test`: kill a worker anywhere, carry on, and count what the books would have got wrong; many times.

`python -m tests.faults.kill_test RUNS SEED [file|api]`. Every kill has a store and a connection of its own. It strikes
a run of the command, a worker with a job in hand, or one of two workers at once, at any commit, request, file opened,
fsync or rename from the first request to the last; now and then somebody takes the files away at that moment, or a
request or an answer gets lost too. Afterwards the work goes on as it would: the lease runs out, the stalled job is
rescued, the next worker comes. Then the files, or the invoices in the simulated books, are counted, order by order.
The last line is `N kills, L lost, D double`.
"""

import logging
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from kloppend.books.asperion.simulator.simulated import CLIENT
from kloppend.outside.postgres import embedded_postgres
from kloppend.web.home import made_once


@dataclass(slots=True)
class Tally:
    """Kills that struck, and orders that are missing from the files or stand in them twice."""

    kills: int = 0
    lost: int = 0
    double: int = 0
    hows: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return f"{self.kills} kills, {self.lost} lost, {self.double} double"


def main(kills: int, seed: int, channel: str = "file") -> int:
    """Returns the exit status: 0 when nothing was lost or doubled."""
    with tempfile.TemporaryDirectory(prefix="kloppend-kills-") as made:
        folder = Path(made)
        with embedded_postgres(folder / "postgres", throwaway=True) as url:
            os.environ.update(made_once(folder / "secrets.json", {}))
            os.environ.update(
                DATABASE_URL=url,
                DJANGO_SETTINGS_MODULE="kloppend.web.settings",
                KLOPPEND_FILES_DIR=str(folder / "files"),
                KLOPPEND_ALLOWED_NETWORKS="127.0.0.0/8",
                KLOPPEND_ASPERION_CLIENT_ID=CLIENT.client_id,
                KLOPPEND_ASPERION_CLIENT_SECRET=CLIENT.client_secret,
            )
            tally = _with_django(kills, seed, channel)
    print(f"struck: {', '.join(f'{count} x {how}' for how, count in sorted(tally.hows.items()))}")
    print(tally)
    return 0 if tally.lost == tally.double == 0 else 1


def _with_django(kills: int, seed: int, channel: str) -> Tally:
    import django

    django.setup()
    from django.db import connections

    from kloppend.web.tables import bring_up_to_date

    logging.disable(logging.WARNING)
    bring_up_to_date()
    try:
        return kill(kills, random.Random(seed), channel)
    finally:
        connections.close_all()


def kill(kills: int, chance: random.Random, channel: str) -> Tally:
    """As many kills as asked, by this chance."""
    from tests.faults.killing import HOWS, NEVER, World, answering_world, crediting_world, file_world

    worlds: list[Callable[[], AbstractContextManager[World]]]
    worlds = [answering_world, crediting_world] if channel == "api" else [file_world]
    steps: dict[tuple[object, str], int] = {}
    every: dict[object, Counter[str]] = {}
    for world in worlds:
        for how in dict.fromkeys(HOWS):
            with world() as fresh:
                _, steps[world, how] = fresh.work(how, NEVER)
                every[world] = fresh.delivered()
                assert len(every[world]) >= 3, f"without any kill ({how}) only {every[world]} came out"
        steps[world, "two workers"] = steps[world, "worker"]  # either of them may get the job
        print(f"{every[world].total()} documents", flush=True)
    print(f"steps: {list(steps.values())}", flush=True)
    tally = Tally()
    while tally.kills < kills:
        world, how = chance.choice(worlds), chance.choice(HOWS)
        nth, expected = chance.randint(1, steps[world, how]), every[world]
        with world() as fresh:
            trouble = fresh.disturb(chance)
            struck, _ = fresh.work(how, nth)
            fresh.struck(trouble)
            fresh.carry_on()
            found = fresh.delivered()
        _count(tally, f"{how}, step {nth}{trouble and ', '}{trouble}", found, expected)
        tally.kills += struck
        tally.hows[how] += struck
        if struck and tally.kills % 25 == 0:
            print(f"{tally.kills} ...", flush=True)
    return tally


def _count(tally: Tally, where: str, found: Counter[str], expected: Counter[str]) -> None:
    lost, double = (expected - found).total(), (found - expected).total()
    tally.lost += lost
    tally.double += double
    if lost or double:
        print(f"{where}: {lost} lost, {double} double", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]))
