"""Everything the demo stands on, in one folder: database, secrets, files. It starts there and stops there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stamina.instrumentation import set_on_retry_hooks

from kloppend.web.home import at_home


@contextmanager
def demo_environment(folder: Path) -> Iterator[None]:
    """Django on an embedded PostgreSQL in `folder`, tables up to date; stopped again however the demo ends."""
    set_on_retry_hooks([])  # retries are told in the report, not in between
    local = "127.0.0.0/8"  # the simulated stores live on this machine
    with at_home(
        folder, own_database="postgres", KLOPPEND_FILES_DIR=str(folder / "files"), KLOPPEND_ALLOWED_NETWORKS=local
    ):
        yield
