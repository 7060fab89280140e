"""Our extension over an older version of itself, brought in the way each generation's INSTALL text tells."""

import zipfile
from pathlib import Path

from kloppend.shops.opencart.extension.build import version
from tests.stores.admin import Admin
from tests.stores.package import bring_in, fill_in, own_settings, package_for, switch_on, take_away, take_out
from tests.stores.platform import identity
from tests.stores.trouble import StoreTrouble
from tests.stores.verdict import Verdict

OLDER = "0.9.0"


def older(package: Path, folder: Path) -> Path:
    """The same package as an older version of it; it keeps its name, which 4.x goes by."""
    folder.mkdir()
    target = folder / package.name
    with zipfile.ZipFile(package) as new, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as old:
        for name in new.namelist():
            content = new.read(name)
            if name.endswith(("library/kloppend/kloppend.php", "install.json")):
                content = content.replace(version().encode(), OLDER.encode())
            old.writestr(name, content)
    return target


def bring_in_older(admin: Admin, packages: Path, vat_field: str) -> str:
    """Install the older version and fill in its page; returns the shop's id. Raises StoreTrouble."""
    package = package_for(admin.store.release.generation, packages)
    bring_in(admin, older(package, packages.with_name("older")))
    switch_on(admin)
    fill_in(admin, vat_field)
    who = identity(admin.store.address)
    if who.extension_version != OLDER:
        raise StoreTrouble(f"the older version says {who.extension_version}")
    return who.shop_id


def update(admin: Admin, packages: Path, shop_id: str, verdict: Verdict) -> str:
    """The new version over the old one: key, settings and shop stay; says how it was brought in."""
    package = package_for(admin.store.release.generation, packages)
    before = own_settings(admin)
    if admin.store.release.numbers >= (4,):  # accepts no second package
        take_out(admin)
        take_away(admin)
    how = bring_in(admin, package)
    if admin.store.release.numbers >= (4,):
        switch_on(admin)
    who = identity(admin.store.address)
    seen = (who.extension_version, who.shop_id, who.licence)
    verdict.expect(
        "updated, it is the same shop with the same keys", "" if seen == (version(), shop_id, "ok") else seen
    )
    verdict.expect("and with the same settings", _differing(before, own_settings(admin)))
    return how


def _differing(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
