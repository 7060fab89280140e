"""The operator at Kloppend's dashboard: logs in, has an order processed, and a file made."""

from tests.stores.browser import Browser, Page
from tests.stores.platform import OPERATOR, PASSWORD, Platform
from tests.stores.trouble import StoreTrouble


class Dashboard:
    """Somebody who is logged in and looks at our connection."""

    def __init__(self, platform: Platform) -> None:
        made = platform.run("login", OPERATOR, "--role", "operator", KLOPPEND_LOGIN_PASSWORD=PASSWORD)
        if made.returncode:
            raise StoreTrouble(f"kloppend login said: {made.stderr}")
        self.connection = f"c/{platform.connection}/"
        self.browser = Browser(platform.address + "/")
        form = self.browser.get("account/login/").form("login")
        page = self.browser.post(form.action, form.filled_in(login=OPERATOR, password=PASSWORD))
        if "/account/login" in page.url:
            raise StoreTrouble(f"the dashboard did not let the operator in: {page.said()}")

    def process(self, number: str) -> Page:
        """Press Process on the order's page."""
        return self._press(f"orders/{number}/", f"process/{number}/")

    def make_file(self) -> Page:
        """Press "Make a file now"."""
        return self._press("files/", "files/now/")

    def _press(self, page: str, button: str) -> Page:
        token = dict(self.browser.get(self.connection + page).form("csrfmiddlewaretoken").fields)
        sent = {"csrfmiddlewaretoken": token["csrfmiddlewaretoken"]}
        answer = self.browser.post(self.connection + button, sent)
        if answer.status != 200:
            raise StoreTrouble(f"{button} answered {answer.status}")
        return answer
