"""A person at a web browser: follows links, fills in forms, keeps cookies. What PHP complains of is kept."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any, Self
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
from lxml import html

from tests.stores.trouble import StoreTrouble

Fields = list[tuple[str, str]]
_PHP_TROUBLE = re.compile(r"(Fatal error|Parse error|Warning|Notice|Deprecated|Uncaught [\w\\]+)(</b>)?:\s+(.{0,300})")
_NOTICES = re.compile(r"\A(<b>(Notice|Warning)</b>:.{1,400}? on line <b>\d+</b>\s*(<br ?/?>)?\s*)+")
_WORST = ("Fatal", "Parse", "Uncaught")


class Page:
    """What came back: a page with forms, or JSON."""

    def __init__(self, response: httpx.Response) -> None:
        self.url = str(response.url)
        self.status = response.status_code
        self.text = response.text

    @property
    def tree(self) -> html.HtmlElement:
        """The page's elements."""
        return html.document_fromstring(self.text or "<html></html>")

    def json(self) -> Any:
        """The JSON that it holds, behind notices that PHP may have printed (they are kept as complaints).

        Raises StoreTrouble when it is none, or when it names an error.
        """
        try:
            answer = json.loads(_NOTICES.sub("", self.text))
        except ValueError:
            raise StoreTrouble(f"{self.url} did not answer JSON: {self.text[:300]!r}") from None
        if isinstance(answer, dict) and answer.get("error"):
            raise StoreTrouble(f"{self.url} refused: {answer['error']}")
        return answer

    def query(self, name: str) -> str:
        """The value of `name` in the address that answered, or the empty text."""
        return parse_qs(urlsplit(self.url).query).get(name, [""])[0]

    def form(self, mark: str) -> "Form":
        """The form that has a field of this name. Raises StoreTrouble without one."""
        for form in self.tree.forms:
            if any(element.get("name") == mark for element in form.iter("input", "select", "textarea", "button")):
                return Form(urljoin(self.url, form.get("action") or self.url), fields_of(form))
        raise StoreTrouble(f"{self.url} has no form with a field {mark}: {self.said()}")

    def said(self) -> str:
        """The messages on the page: what it complains about or confirms."""
        marks = self.tree.xpath(
            "//*[contains(concat(' ', @class, ' '), ' alert ') or contains(concat(' ', @class, ' '), ' warning ')"
            " or contains(concat(' ', @class, ' '), ' success ') or contains(@class, 'text-danger')"
            " or contains(@class, 'invalid-feedback') or contains(concat(' ', @class, ' '), ' error ')]"
        )
        texts = (" ".join(mark.text_content().split()) for mark in marks)
        return " / ".join(dict.fromkeys(text for text in texts if text))


class Form:
    """A form on a page: where it goes to, and its fields as they stand."""

    def __init__(self, action: str, fields: Fields) -> None:
        self.action = action
        self.fields = fields

    def filled_in(self, **values: str) -> Fields:
        """The fields with these values; a name that is not there is added."""
        kept = [(name, value) for name, value in self.fields if name not in values]
        return kept + list(values.items())


def fields_of(form: html.FormElement) -> Fields:
    """What a browser would send when this form is sent without a button: name and value, in order."""
    return [(str(name), str(value)) for name, value in form.form_values()]


class Browser:
    """One visitor of the store at `address`; also the shopkeeper in the admin."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.complaints: list[str] = []
        self._client = httpx.Client(follow_redirects=True, timeout=60, trust_env=False)

    def get(self, target: str, **params: str) -> Page:
        """Open `target`, an address or a path; `params` are added to its query."""
        return self._request("GET", target, params)

    def post(self, target: str, data: Iterable[tuple[str, str]] | Mapping[str, str] = (), **params: str) -> Page:
        """Send a form."""
        pairs = list(data.items()) if isinstance(data, Mapping) else list(data)
        sent: dict[str, list[str]] = {}
        for name, value in pairs:
            sent.setdefault(name, []).append(value)
        return self._request("POST", target, params, data=sent)

    def upload(self, target: str, field: str, name: str, content: bytes, **params: str) -> Page:
        """Send a file as a form would."""
        return self._request("POST", target, params, files={field: (name, content, "application/zip")})

    def cookies(self) -> list[tuple[str, str, str]]:
        """Name, value and path of the cookies it keeps, for another browser that goes on as this visitor."""
        return [(cookie.name, cookie.value or "", cookie.path) for cookie in self._client.cookies.jar]

    def set_cookie(self, name: str, value: str) -> None:
        """Keep a cookie that the page's script would have set."""
        self._client.cookies.set(name, value)

    def _request(self, method: str, target: str, params: Mapping[str, str], **more: Any) -> Page:
        url = httpx.URL(urljoin(self.address, target)).copy_merge_params(dict(params))
        try:
            page = Page(self._client.request(method, url, **more))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise StoreTrouble(f"{method} {url}: {error}") from error
        self._widen_cookies()
        for found in _PHP_TROUBLE.finditer(page.text):
            said = re.sub(r"<[^>]+>", "", found.group(0))
            self.complaints.append(f"{url.copy_with(query=url.query[:80])}: {said[:300]}")
            if found.group(1).startswith(_WORST):
                raise StoreTrouble(f"{method} {url}: {said}")
        if page.status >= 500:
            raise StoreTrouble(f"{method} {url} answered {page.status}: {page.text[:300]}")
        return page

    def _widen_cookies(self) -> None:
        """4.0.0.0 in the root of a domain has cookies for the path `//`, which no browser sends back; this one does."""
        for cookie in list(self._client.cookies.jar):
            if cookie.path == "//":
                self._client.cookies.set(cookie.name, cookie.value or "", domain=cookie.domain, path="/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
