"""A release opened as a store: installed, Dutch, with our extension switched on, until it is closed again."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from kloppend.shops.port import ShopFault
from tests.stores.admin import Admin
from tests.stores.furnish import VAT_FIELD, furnish
from tests.stores.furnish_more import furnish_more
from tests.stores.install import Store, call_itself_at, copy_of, install
from tests.stores.package import build
from tests.stores.php import php_command
from tests.stores.release import Release
from tests.stores.servers import free_port, mariadb, php_server
from tests.stores.trouble import StoreTrouble
from tests.stores.update import bring_in_older, update
from tests.stores.verdict import Verdict

Say = Callable[[str], None]


@contextmanager
def opened_store(release: Release, php: str, say: Say, platform: str) -> Iterator[tuple[Store, Path]]:
    """The store, and the temporary folder of this test; both are gone afterwards, with the servers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kloppend-store-")))
        database = stack.enter_context(mariadb(folder))
        command = php_command(php, release, database, folder)
        shop = copy_of(release, folder)
        address = stack.enter_context(php_server(command, shop, free_port(), folder / "php.log"))
        store = Store(release, shop, address, database, platform)
        say(f"installed by OpenCart's own installer ({install(store, command)})")
        if (2,) <= release.numbers < (2, 2):
            second = php_server(command, shop, free_port(), folder / "php-2.log")
            call_itself_at(store, stack.enter_context(second))
        furnish(store)
        furnish_more(store)
        try:
            yield store, folder
        except (StoreTrouble, ShopFault):
            say(f"PHP's last words:\n{(folder / 'php.log').read_text(errors='replace')[-1500:]}")
            raise


def with_extension(store: Store, folder: Path, say: Say, verdict: Verdict) -> Admin:
    """Bring an older version in, fill in its page, and update it; the shopkeeper stays logged in."""
    admin, packages = Admin(store), build(folder / "packages")
    shop_id = bring_in_older(admin, packages, vat_field_of(store.release))
    say("an older version: settings page filled in and kept")
    say(f"package of {store.release.generation}: {update(admin, packages, shop_id, verdict)}")
    return admin


def vat_field_of(release: Release) -> str:
    """Where this generation keeps the VAT number."""
    return f"custom_field:{VAT_FIELD}" if release.numbers >= (2,) else "payment_tax_id"
