"""What `kloppend demo` does: set everything up, run the pipeline once per store, and show what came of it."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn

from kloppend.demo.environment import demo_environment
from kloppend.demo.staying import LOCAL, base_url, stay_up
from kloppend.demo.stores import API_KEY, LICENCE_KEY, choices_for, recorded_stores
from kloppend.web.serving import refuse_a_taken_port


class DemoError(Exception):
    """The demo has nothing to show; the message says why."""


def demo(folder: Path, recordings: Path | None, console: Console, stay_at: int | None = None) -> None:
    """Run the demo in `folder` and print its report on `console`; `stay_at`: then stay up, dashboard at this port."""
    stores = recorded_stores(recordings)
    if stay_at:
        refuse_a_taken_port(LOCAL, stay_at)
    if not stores:
        raise DemoError(f"there are no files with recorded rows (*.json) in {recordings}")
    console.print("[bold]Kloppend[/bold]: recorded orders of real OpenCart stores become Asperion order files.\n")
    with _progress(console) as progress:
        task = progress.add_task("starting the database", total=len(stores) + 1)
        with (
            demo_environment(folder, **({"KLOPPEND_BASE_URL": base_url(stay_at)} if stay_at else {})),
            ExitStack() as shops,
        ):
            progress.advance(task)
            _run_all(stores, shops, console, progress, task)
            progress.stop()
            if stay_at:
                stay_up(folder, stay_at, console)


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield progress


def _run_all(stores: list[Path], shops: ExitStack, console: Console, progress: Progress, task: TaskID) -> None:
    """Only from here on Django's models can be imported: its settings are known now. `shops` closes the stores."""
    from kloppend.demo.connections import connect
    from kloppend.demo.report import counted, report, shown
    from kloppend.shops.opencart.simulator import SimulatedStore, StoreServer
    from kloppend.sync.pipeline import run
    from kloppend.sync.shops import shop_of

    done = []
    for path in stores:
        shop_id = hashlib.sha256(path.stem.encode()).hexdigest()[:32]  # the same store at every run
        try:
            store = SimulatedStore(path, API_KEY, LICENCE_KEY, shop_id=shop_id)
        except (ValueError, KeyError, TypeError) as error:
            raise DemoError(f"{path} is not a file of recorded rows ({type(error).__name__})") from error
        server = shops.enter_context(StoreServer(store))
        name = f"De Proef {path.stem}"
        connection = connect(name, server.address, choices_for(path.stem))
        progress.update(task, description=name)
        with shop_of(connection) as shop:
            result = run(connection, shop, datetime.now(UTC), partial(_tell, progress, task, name))
        progress.advance(task)
        news = f"{counted(len(result.fetched), 'order')} new or changed, {counted(len(result.files), 'file')} placed"
        console.print(f"  {shown(name)}: {news}")
        done.append((connection, result))
    report(done, console)


def _tell(progress: Progress, task: TaskID, name: str, text: str) -> None:
    progress.update(task, description=escape(f"{name}: {text}"))
