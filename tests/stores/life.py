"""What happens to an extension besides being read: guessed at, switched off, under maintenance, reinstalled."""

from collections.abc import Callable

from tests.stores.admin import Admin
from tests.stores.browser import Browser
from tests.stores.package import fill_in, switch_on, take_out
from tests.stores.verdict import Verdict

GUESSES = 25
"""More wrong signatures than an address may send."""

Ask = Callable[[], str]
"""Asks the store who it is; answers with its shop id, or with the code of the refusal."""


def live(admin: Admin, verdict: Verdict, vat_field: str, ask: Ask) -> None:
    """Look at each of these; afterwards the extension is as it was."""
    known = ask()
    outsiders = _guess(admin)
    verdict.expect(
        "outsiders get one answer without a version, and are slowed down",
        "" if outsiders == [(403, '{"error":"refused"}'), (429, '{"error":"refused"}')] else outsiders,
    )
    verdict.expect("the right key is let in all the same", "" if ask() == known else ask())

    fill_in(admin, vat_field, status="0")
    verdict.expect("switched off, the extension answers nobody", "" if ask() == "SHOP_KEY_REFUSED" else ask())
    fill_in(admin, vat_field)

    _maintenance(admin, "1")
    if admin.store.release.numbers >= (2,):  # 1.5 lets modules answer
        verdict.expect("maintenance is called maintenance", "" if ask() in (known, "SHOP_MAINTENANCE") else ask())
    _maintenance(admin, "0")

    take_out(admin)
    verdict.expect("uninstalled, the extension answers nobody", ask() if ask() == known else "")
    switch_on(admin)
    verdict.expect("installed again, it is the same shop with the same key", "" if ask() == known else ask())


def _guess(admin: Admin) -> list[tuple[int, str]]:
    """The different answers to somebody without the key, in the order they came."""
    seen: list[tuple[int, str]] = []
    with Browser(admin.store.address) as browser:
        for number in range(GUESSES):
            guess = {"action": "ping", "protocol": "1", "nonce": f"{number:032x}", "signature": f"{number:064x}"}
            page = browser.get("index.php", route=admin.store.release.module_route, **guess)
            if (page.status, page.text) not in seen:
                seen.append((page.status, page.text))
    return seen


def _maintenance(admin: Admin, value: str) -> None:
    """Switch the whole shop's maintenance mode, where the settings page would write it."""
    table = admin.store.table("setting")
    admin.store.database.rows(f"UPDATE {table} SET value = '{value}' WHERE `key` = 'config_maintenance'")
