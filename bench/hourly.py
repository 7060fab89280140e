"""One hourly run in which nothing happened, measured in this process: `python -m bench.hourly "lived in" 20000`."""

import json
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kloppend.demo.environment import demo_environment


def measure(kind: str, count: int) -> dict[str, Any]:
    """Seconds, queries, and the most MB of memory this process ever had."""
    with tempfile.TemporaryDirectory(prefix="kloppend-bench-") as made, demo_environment(Path(made)):
        from django.db import connection as database
        from django.test.utils import CaptureQueriesContext

        from bench.history import AT, LIVED_IN, SWITCHED_OVER, QuietShop, connect
        from kloppend.sync.pipeline import run

        shop = QuietShop(count, LIVED_IN if kind == "lived in" else SWITCHED_OVER)
        connection = connect(shop, kind)
        run(connection, shop, AT)  # writes down why some are refused, which later runs find so
        with CaptureQueriesContext(database) as queries:
            begun = time.perf_counter()
            done = run(connection, shop, AT)
            seconds = time.perf_counter() - begun
        if not done.nothing_new:
            raise SystemExit("a run in which nothing happened changed something")
        return {
            "history": kind,
            "orders": count,
            "seconds": round(seconds, 3),
            "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "queries": len(queries),
        }


if __name__ == "__main__":
    json.dump(measure(sys.argv[1], int(sys.argv[2])), sys.stdout)
