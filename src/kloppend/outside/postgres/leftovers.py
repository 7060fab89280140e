"""After a `kill -9` of everything a server may still run, or its note may name a process that is now another's."""

import signal
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # a requirement of the PostgreSQL wheel, without types

_PATIENCE = 30  # seconds for a fast shutdown


def end_leftovers(cluster: Path) -> None:
    """Stop servers still running on this cluster and remove their note. Call only while holding the keeper's lock:
    it proves that no keeper is left, so whatever still runs here is nobody's.
    """
    left = processes_of(cluster)
    for process in left:
        _signal(process, signal.SIGINT)
    for process in psutil.wait_procs(left, timeout=_PATIENCE)[1]:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(left, timeout=_PATIENCE)
    (cluster / "postmaster.pid").unlink(missing_ok=True)


def processes_of(cluster: Path) -> list[psutil.Process]:
    """The postgres processes that serve this cluster: the server by its arguments, its children by where they stand."""
    return [process for process in psutil.process_iter() if _serves(process, cluster)]


def _serves(process: psutil.Process, cluster: Path) -> bool:
    try:
        if process.name() != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return str(cluster) in process.cmdline() or Path(process.cwd()) == cluster.resolve()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
