"""`make bench`: an hourly run in which nothing happened, for histories of two lengths side by side in one process each.

The numbers are of this machine; what matters is their ratio. An hourly run is far from an hour, and grows no faster
than the history.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results" / "latest.json"


def main(orders: int) -> None:
    """Measure, show, and keep the last result."""
    found = [_alone(kind, count) for kind in ("lived in", "switched over") for count in (orders // 5, orders)]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=1))
    table = Table("History", "orders", "seconds", "per 1000", "memory (MB)", "queries", title="Hourly run")
    for one in found:
        per_1000 = one["seconds"] * 1000 / one["orders"]
        numbers = (f"{one['orders']}", f"{one['seconds']:.1f}", f"{per_1000:.2f}", f"{one['memory']}")
        table.add_row(one["history"], *numbers, f"{one['queries']}")
    Console().print(table)


def _alone(kind: str, count: int) -> dict[str, Any]:
    """In a process of its own: memory that was used once is not given back."""
    command = [sys.executable, "-m", "bench.hourly", kind, str(count)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)
