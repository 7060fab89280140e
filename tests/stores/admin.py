"""The shopkeeper in the admin: logs in, and finds pages by their route."""

from tests.stores.browser import Browser, Page
from tests.stores.install import PASSWORD, USER, Store
from tests.stores.trouble import StoreTrouble


class Admin:
    """A shopkeeper who is logged in."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.browser = Browser(store.address)
        self._token = ""
        self._log_in()

    @property
    def token(self) -> dict[str, str]:
        """What every address in the admin carries."""
        return {self.store.release.token: self._token}

    def open(self, route: str, **params: str) -> Page:
        """A page of the admin."""
        return self._let_in(self.browser.get("admin/index.php", route=route, **params, **self.token))

    def send(self, route: str, data: list[tuple[str, str]] | dict[str, str], **params: str) -> Page:
        """Send a form, or what the page's script would send."""
        return self._let_in(self.browser.post("admin/index.php", data, route=route, **params, **self.token))

    def upload(self, route: str, name: str, content: bytes) -> Page:
        """Send a file in the field `file`."""
        return self.browser.upload("admin/index.php", "file", name, content, route=route, **self.token)

    def method(self, route: str, name: str) -> str:
        """The route of a method, with this version's separator."""
        return route + self.store.release.method_separator + name

    def _log_in(self) -> None:
        page = self.browser.get("admin/index.php")
        form = page.form("password")
        page = self.browser.post(form.action, form.filled_in(username=USER, password=PASSWORD))
        if self.store.release.numbers >= (4,):
            page = self.browser.get(page.json()["redirect"])
        self._token = page.query(self.store.release.token)
        if not self._token:
            raise StoreTrouble(f"the admin did not let the shopkeeper in: {page.said() or page.text[:300]!r}")

    def _let_in(self, page: Page) -> Page:
        if "error/permission" in page.url or ('name="password"' in page.text and "common/login" in page.url):
            raise StoreTrouble(f"the admin does not allow {page.url}")
        return page
