"""One conversation with Asperion's REST API: who we are, which administration, patience for reads, none for writes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import stamina

from kloppend.books.asperion.rest.answers import Fields, passing, read_json
from kloppend.books.asperion.rest.identity import Identity
from kloppend.books.asperion.rest.settings import RestSettings
from kloppend.books.port import BooksTrouble
from kloppend.domain.problems import Problem
from kloppend.outside.errors import OutsideError
from kloppend.outside.http import Answer, GuardedClient

Row = Fields
ADMINISTRATIONS = "/v1/administrations"
_PASSING = frozenset({"BOOKS_UNREACHABLE", "BOOKS_BUSY"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How often a read is tried, and the first wait in seconds; waits double, unless the server names one."""

    attempts: int = 3
    first_wait: float = 1.0


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a list. `complete` is False when there were more pages than we are willing to read; `counted` when
    the list says itself that it is longer than what it showed.
    """

    rows: tuple[Row, ...]
    complete: bool
    counted: bool = True


class Api:
    """Every call carries the tenant: without it Asperion takes the user's default administration."""

    def __init__(self, settings: RestSettings, identity: Identity, http: GuardedClient, patience: Patience) -> None:
        self._settings = settings
        self._identity = identity
        self._http = http
        self._patience = patience

    def list(self, path: str, **filters: str) -> Listed:
        """All rows of a list, page by page. Raises BooksTrouble."""
        return self._pages(path, filters, self._settings.most_pages)

    def some(self, path: str) -> tuple[Row, ...]:
        """The rows of the first page. Raises BooksTrouble."""
        return self._pages(path, {}, 1).rows

    def _pages(self, path: str, filters: Mapping[str, str], most: int) -> Listed:
        rows: list[Row] = []
        page = ""  # the first: whether that is 0 or 1 is not known
        for _ in range(most):
            params = {**filters, **({"page": page} if page else {}), "pageSize": str(self._settings.page_size)}
            found = self._patiently(path, params)
            data, meta = found.get("_data"), found.get("_meta")
            self._refuse_other_tenant(path, meta)
            if not isinstance(data, list) or not all(isinstance(row, Fields) for row in data):
                raise BooksTrouble(Problem.of("BOOKS_ANSWER_INVALID", what=path))
            rows += data
            following = _next_page(meta)
            if following is None:
                return Listed(tuple(rows), complete=True, counted=_count(meta) <= len(rows))
            if following == page or not data:  # a server that shows the same page for ever
                break
            page = following
        return Listed(tuple(rows), complete=False)

    def _refuse_other_tenant(self, path: str, meta: object) -> None:
        """Whatever took our header out on the way: another administration answers, and nothing may go there."""
        named = meta.get("administrationId") if isinstance(meta, Fields) else None
        ours = self._settings.administration
        if named is not None and ours and path != ADMINISTRATIONS and str(named).strip() != ours:
            raise BooksTrouble(Problem.of("BOOKS_OTHER_ADMINISTRATION", ours=ours, theirs=str(named)[:20]))

    def send(self, path: str, content: bytes, *, only_validate: bool = False, kind: str = "application/json") -> Answer:
        """Post once; a second time only when the first was turned away for its token (401), before being read.

        Raises OutsideError when no answer came, BooksTrouble when we have no access.
        """
        params = {"validateOnly": "true"} if only_validate else None
        token = self._identity.access_token()
        answer = self._request("POST", path, params, token, content, kind)
        if answer.status == 401:
            token = self._identity.access_token(refused=token)
            answer = self._request("POST", path, params, token, content, kind)
        return answer

    def _patiently(self, path: str, params: Mapping[str, str]) -> Row:
        for attempt in stamina.retry_context(
            on=self._wait,
            attempts=self._patience.attempts,
            timeout=None,
            wait_initial=self._patience.first_wait,
            wait_max=self._patience.first_wait * 8,
            wait_jitter=self._patience.first_wait,
        ):
            with attempt:
                return self._get(path, params)
        raise AssertionError("unreachable")

    def _wait(self, error: Exception) -> bool | float:
        """Whether to try again, or after how many seconds: as many as the server asked for, when that is bearable."""
        if not isinstance(error, BooksTrouble) or error.problem.code not in _PASSING:
            return False
        if error.retry_after is None:
            return True
        return error.retry_after if error.retry_after <= self._settings.largest_wait else False

    def _get(self, path: str, params: Mapping[str, str]) -> Row:
        token = self._identity.access_token()
        try:
            answer = self._request("GET", path, params, token)
            if answer.status == 401:
                token = self._identity.access_token(refused=token)
                answer = self._request("GET", path, params, token)
        except OutsideError as error:
            raise BooksTrouble(Problem.of("BOOKS_UNREACHABLE", what=type(error).__name__)) from error
        if answer.status != 200:
            raise passing(answer)
        return read_json(answer)

    def _request(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        token: str,
        content: bytes | None = None,
        kind: str = "",
    ) -> Answer:
        if not self._settings.administration and path != ADMINISTRATIONS:
            raise ValueError("no administration was chosen, and the default one must not be hit by accident")
        headers = {
            "authorization": f"Bearer {token}",
            "accept-language": self._settings.language,
            "accept": "application/json",
        }
        if self._settings.administration:
            headers["x-tenant-id"] = self._settings.administration
        if content is not None:
            headers["content-type"] = kind
        return self._http.request(
            method, f"{self._settings.api}{path}", params=params, headers=headers, content=content
        )


def _count(meta: object) -> int:
    """How many rows the list has by its own account; 0 when it does not tell."""
    total = meta.get("totalCount") if isinstance(meta, Fields) else None
    return total if isinstance(total, int) else 0


def _next_page(meta: object) -> str | None:
    """The number in the link to the next page; None after the last one. Raises BooksTrouble when it cannot be read."""
    link = meta.get("nextPage") if isinstance(meta, Fields) else None
    if not link:
        return None
    try:
        query = parse_qs(urlsplit(str(link)).query)
    except ValueError:
        query = {}
    page = next((values[0] for name, values in query.items() if name.casefold() == "page"), "")
    if not re.fullmatch(r"\d{1,7}", page, re.ASCII):
        raise BooksTrouble(Problem.of("BOOKS_ANSWER_INVALID", what="nextPage"))
    return page
