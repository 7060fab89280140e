"""`make store-test`: an OpenCart release is a real store for a while, and Kloppend must get all of it right."""

import argparse
import signal
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from stamina.instrumentation import set_on_retry_hooks

from kloppend.shops.port import ShopFault
from tests.stores.admin import Admin
from tests.stores.figures import invoices_in, store_orders
from tests.stores.languages import foreign_texts, make_dutch, texts_without_words
from tests.stores.life import live
from tests.stores.opened import opened_store, vat_field_of, with_extension
from tests.stores.order_care import order_care
from tests.stores.pictures import take_pictures
from tests.stores.platform import Platform, running, shop_id_or_refusal
from tests.stores.release import Release, release_in
from tests.stores.servers import free_port
from tests.stores.shopping import REFUNDED
from tests.stores.together import connected, missing, processed, says
from tests.stores.trade import trade
from tests.stores.trouble import StoreTrouble
from tests.stores.untouched import changed, checksums
from tests.stores.verdict import Verdict


def main() -> int:
    """Exit status 0: every look found what it should; 1: a difference; 2: the store could not be had."""
    arguments = _arguments()
    console = Console(width=150)
    for number in (signal.SIGTERM, signal.SIGHUP):  # unwind as Ctrl-C does, so that nothing is left running
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    set_on_retry_hooks([])  # a shop under maintenance is asked twice, which is nobody's news
    try:
        release = release_in(arguments.opencart.absolute())
        version = _php_version(arguments.php)
        console.print(f"[bold]OpenCart {release.version}[/bold] on PHP {version}, loopback only", soft_wrap=True)
        return _test(release, arguments, version, console)
    except (StoreTrouble, ShopFault) as trouble:
        console.print(f"[red]The store test cannot go on:[/red] {escape(str(trouble))}", soft_wrap=True)
        return 2


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make store-test", description=__doc__)
    parser.add_argument("--opencart", type=Path, required=True, help="an unpacked release; it is copied, not changed")
    parser.add_argument("--php", required=True, help="a PHP binary that this release runs on")
    parser.add_argument("--screenshots", type=Path, help="a folder for pictures of the settings page")
    parser.add_argument("--keep", action="store_true", help="keep the store open for a look, until Enter is pressed")
    return parser.parse_args()


def _php_version(php: str) -> str:
    asked = subprocess.run([php, "-r", "echo PHP_VERSION;"], capture_output=True, text=True, check=False)
    if asked.returncode:
        raise StoreTrouble(f"{php} is no PHP that runs: {asked.stderr.strip()}")
    return asked.stdout.strip()


def _test(release: Release, arguments: argparse.Namespace, php: str, console: Console) -> int:
    def say(text: str) -> None:
        console.print(f"  {escape(text)}", soft_wrap=True)

    verdict, port = Verdict(console), free_port()
    address = f"http://127.0.0.1:{port}"
    with opened_store(release, arguments.php, say, address) as (store, folder):
        admin = with_extension(store, folder, say, verdict)
        with running(folder / "platform", address, port) as platform:
            _follow_the_orders(admin, platform, verdict)
        verdict.expect("PHP had nothing to complain about our extension", "; ".join(_complaints(admin)))
        _both_languages(admin, verdict, arguments.screenshots)
        if arguments.keep:
            _keep_open(admin, console)
    return verdict.close(release.version, php)


def _follow_the_orders(admin: Admin, platform: Platform, verdict: Verdict) -> None:
    """Place orders, connect, sync, compare; see that nothing goes out twice."""
    store = admin.store
    purchases = trade(admin)
    connected(admin, platform, verdict)

    before = checksums(store)
    synced = platform.sync()
    verdict.expect("kloppend sync says that all is well", synced.faults or synced.said["outcome"] != "fine")
    verdict.expect(f"reading changed none of the store's {len(before)} tables", changed(before, checksums(store)))
    verdict.expect("Test connection tells when we fetched", missing("Last fetched by the platform", says(admin)))
    files = platform.files()
    invoices = {number: found for content in synced.files.values() for number, found in invoices_in(content).items()}
    outcomes = {number: (state, " ".join(synced.standing(number))) for number, state in platform.states.items()}
    verdict.orders(purchases, {order.number: order for order in store_orders(store)}, invoices, outcomes)

    verdict.expect("a second sync delivers nothing", list(platform.sync().files))
    verdict.expect("and leaves the files as they were", "" if platform.files() == files else "changed")
    booked = next(iter(invoices), None)
    if booked:
        order_care(admin).set_status(booked, REFUNDED)
        again = platform.sync()
        codes = again.standing(booked)
        told = any(code.endswith("_AFTER_BOOKING") for code in codes)
        verdict.expect(f"order {booked}, refunded after it was booked, is told", "" if told else f"only {codes}")
        verdict.expect("and not sent again", list(again.files))
    processed(admin, platform, purchases, verdict)
    live(admin, verdict, vat_field_of(store.release), lambda: shop_id_or_refusal(store.address))


def _both_languages(admin: Admin, verdict: Verdict, pictures: Path | None) -> None:
    verdict.expect("every text of the settings page has words", texts_without_words(admin))
    verdict.expect("in English", foreign_texts(admin, "en"))
    if pictures:
        take_pictures(admin, pictures, "en")
    make_dutch(admin.store, admin.browser)
    verdict.expect("and, in a Dutch admin, in Dutch", texts_without_words(admin) + foreign_texts(admin, "nl"))
    if pictures:
        take_pictures(admin, pictures, "nl")


def _complaints(admin: Admin) -> list[str]:
    """What PHP said about our files: on pages, and in OpenCart's own log."""
    logs = [log.read_text(errors="replace") for log in admin.store.folder.glob("system/**/logs/error.*")]
    printed = [complaint.split(": ", 1)[-1] for complaint in admin.browser.complaints]  # without the address
    said = [*printed, *(line for log in logs for line in log.splitlines())]
    return [complaint for complaint in said if "kloppend" in complaint.replace(str(admin.store.folder), "").lower()]


def _keep_open(admin: Admin, console: Console) -> None:
    from tests.stores.install import PASSWORD, USER

    console.print(f"The store is open at {admin.store.address} and {admin.store.address}admin/ ({USER}, {PASSWORD}).")
    console.print("Press Enter to close it.")
    sys.stdin.readline()


if __name__ == "__main__":
    sys.exit(main())
