"""Everything the demo stands on, in one folder: database, secrets, files. It starts there and stops there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stamina.instrumentation import set_on_retry_hooks

from kloppend.web.home import DATABASE_FOLDER, at_home


@contextmanager
def demo_environment(folder: Path, **more: str) -> Iterator[None]:
    """Django on an embedded PostgreSQL in `folder`, tables up to date; stopped again however the demo ends."""
    set_on_retry_hooks([])  # retries are told in the report, not in between
    before = folder / "postgres"  # where the database of older demos is
    if before.exists() and not (folder / DATABASE_FOLDER).exists():
        before.rename(folder / DATABASE_FOLDER)
    with at_home(
        folder,
        own_database=True,
        KLOPPEND_FILES_DIR=str(folder / "files"),
        KLOPPEND_ALLOWED_NETWORKS="127.0.0.0/8",  # the simulated stores live on this machine
        KLOPPEND_VIES="off",  # numbers of simulated customers are nobody's business
        **more,
    ):
        yield
