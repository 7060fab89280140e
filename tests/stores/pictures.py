"""Pictures of our settings page in the store's admin, by Chromium, for the documentation and for a look."""

import shutil
from pathlib import Path

from playwright.sync_api import Route, sync_playwright

from tests.stores.admin import Admin
from tests.stores.trouble import StoreTrouble

SIZES = {"": (1280, 900), "-phone": (400, 900)}


def take_pictures(admin: Admin, folder: Path, language: str) -> list[str]:
    """PNG files in `folder`, named by version and language; returns their names."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise StoreTrouble("pictures need Chromium, which is not installed here")
    folder.mkdir(parents=True, exist_ok=True)
    store = admin.store
    token = "&".join(f"{name}={value}" for name, value in admin.token.items())
    names = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for size, (width, height) in SIZES.items():
            context = browser.new_context(viewport={"width": width, "height": height})
            for cookie, value, path in admin.browser.cookies():
                context.add_cookies([{"name": cookie, "value": value, "domain": "127.0.0.1", "path": path}])
            context.route("**/*", lambda route: _loopback_only(route, store.address))
            page = context.new_page()
            page.goto(f"{store.address}admin/index.php?route={store.release.module_route}&{token}")
            name = f"{store.release.version}-{language}{size}.png"
            page.screenshot(path=folder / name, full_page=True)
            names.append(name)
            context.close()
        browser.close()
    return names


def _loopback_only(route: Route, address: str) -> None:
    if route.request.url.startswith((address, "data:")):
        route.continue_()
    else:
        route.abort()
