"""Brings our extension into the store as a shopkeeper would: by the Extension Installer, or by copying its files."""

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.stores.admin import Admin
from tests.stores.trouble import StoreTrouble

LICENCE_KEY = "PROEF-LICENTIE-2026"
API_KEY = "Winkel!Sleutel(2026)*Proef=1"


def build(folder: Path) -> Path:
    """All packages, freshly built, in `folder`."""
    command = [str(Path(sys.executable).with_name("kloppend")), "extension", "build", "--output", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def package_for(generation: str, folder: Path) -> Path:
    """The one package of this generation. Raises StoreTrouble when there is none yet."""
    mark = "" if generation == "4.x" else "-oc" + generation.replace(".", "")
    found = [path for path in sorted(folder.glob("*.zip")) if path.name.split(".")[0] == f"kloppend{mark}"]
    if len(found) != 1:
        names = ", ".join(path.name for path in sorted(folder.glob("*.zip")))
        raise StoreTrouble(f"there is no package for OpenCart {generation} yet; there are: {names}")
    return found[0]


def bring_in(admin: Admin, package: Path) -> str:
    """Upload or copy the package; says how."""
    release = admin.store.release
    if release.numbers < (3,):
        _copy(admin.store.folder, package)
        return "files copied"
    if release.numbers < (4,):
        _follow(admin, admin.upload("marketplace/installer/upload", package.name, package.read_bytes()).json())
    else:
        _installer4(admin, package)
    return "Extension Installer"


def _copy(folder: Path, package: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        names = [name for name in archive.namelist() if name.startswith("upload/") and not name.endswith("/")]
        for name in names:
            target = folder / name.removeprefix("upload/")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(archive.read(name))


def _installer4(admin: Admin, package: Path) -> None:
    admin.upload(admin.method("marketplace/installer", "upload"), package.name, package.read_bytes()).json()
    route = admin.method("marketplace/installer", "install")
    _follow(admin, admin.open(route, extension_install_id=_install_number(admin)).json())


def _follow(admin: Admin, answer: dict[str, str]) -> None:
    """The page's script goes on with `next` until there is none."""
    while answer.get("next"):
        answer = admin.browser.get(answer["next"].replace("&amp;", "&")).json()


def switch_on(admin: Admin) -> None:
    """Extensions > Modules > Install."""
    _module(admin, "install")


def take_out(admin: Admin) -> None:
    """Extensions > Modules > Uninstall; the files stay."""
    _module(admin, "uninstall")


def take_away(admin: Admin) -> None:
    """Extensions > Installer in 4.x: uninstall the package, which removes its files, then delete it."""
    number = _install_number(admin)
    for method in ("uninstall", "delete"):
        route = admin.method("marketplace/installer", method)
        _follow(admin, admin.open(route, extension_install_id=number).json())


def own_settings(admin: Admin) -> dict[str, str]:
    """Our settings as the settings page shows them."""
    form = admin.open(admin.store.release.module_route).form(_prefix(admin) + "api_key")
    return {name: value for name, value in form.fields if name.startswith(_prefix(admin))}


def _prefix(admin: Admin) -> str:
    return "module_kloppend_" if admin.store.release.numbers >= (3,) else "kloppend_"


def _install_number(admin: Admin) -> str:
    return admin.store.database.value(
        f"SELECT MAX(extension_install_id) FROM {admin.store.table('extension_install')} WHERE code = 'kloppend'"
    )


def _module(admin: Admin, method: str) -> None:
    release = admin.store.release
    if release.numbers >= (4,):
        admin.open(admin.method("extension/module", method), extension="kloppend", code="kloppend").json()
    else:
        route = "extension/extension/module" if release.numbers >= (2, 3) else "extension/module"
        admin.open(f"{route}/{method}", extension="kloppend")


def fill_in(admin: Admin, vat_field: str, status: str = "1") -> None:
    """The settings page, as the merchant fills it in. Raises StoreTrouble with what the page says against it."""
    release = admin.store.release
    prefix = _prefix(admin)
    values = {
        "status": status,
        "package": "asperion",
        "licence_key": LICENCE_KEY,
        "api_key": API_KEY,
        "platform_url": admin.store.platform,
        "vat_field": vat_field,
    }
    form = admin.open(release.module_route).form(prefix + "api_key")
    sent = admin.browser.post(form.action, form.filled_in(**{prefix + name: value for name, value in values.items()}))
    again = dict(admin.open(release.module_route).form(prefix + "api_key").fields)
    lost = [name for name, value in values.items() if again.get(prefix + name) != value]
    if lost:
        raise StoreTrouble(f"the settings page did not keep {', '.join(lost)}: {sent.said()}")
