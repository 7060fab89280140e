"""`/feed/`: list, fetch, acknowledge (docs/deliveries.md). Who has no secret sees what is not there: 404."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from kloppend.domain.problems import Problem, Refused
from kloppend.pages.extension.throttle import too_many
from kloppend.records.models import Batch, Route
from kloppend.sync.files.download import open_download, perhaps_taken
from kloppend.sync.files.feed import BY, closed_because, files_of, received, route_of

LONGEST_TOKEN = 200
FeedView = Callable[..., HttpResponse]


def _feed(view: FeedView) -> FeedView:
    """The route of the secret, from the header or the address. A right one always gets through, whoever guessed."""

    @csrf_exempt  # no cookie counts here: the secret is in every request
    @wraps(view)
    def guarded(request: HttpRequest, token: str = "", **more: Any) -> HttpResponse:
        scheme, _, bearer = request.headers.get("Authorization", "").partition(" ")
        secret = token or (bearer.strip() if scheme.lower() == "bearer" else "")
        route = route_of(secret) if 0 < len(secret) <= LONGEST_TOKEN else None
        if route is None:
            return _private(_plain(429 if secret and too_many(request, of="feed") else 404))
        closed = closed_because(route)
        return _private(_told(closed, 503) if closed else view(request, route, **more))

    return guarded


@_feed
@require_safe
def listing(request: HttpRequest, route: Route) -> HttpResponse:
    """Files not acknowledged yet (`?all=1`: all), as JSON or (`?format=text`) a line each: sha256, two spaces, name."""
    batches = files_of(route, received_too=request.GET.get("all") == "1")
    if request.GET.get("format") == "text":
        lines = [f"{batch.sha256}  {batch.name}\n" for batch in batches]
        return HttpResponse("".join(lines), content_type="text/plain; charset=utf-8")
    return JsonResponse({"connection": route.connection.name, "files": [_entry(batch) for batch in batches]})


@_feed
@require_safe
def file(request: HttpRequest, route: Route, name: str) -> HttpResponse:
    """The bytes, always the same. That they were fetched is committed before the first one goes."""
    batch = _find(route, name)
    if batch is None:
        return _plain(404)
    tag = f'"{batch.sha256}"'
    if tag in [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]:
        response = HttpResponse(status=304)
    elif request.method == "HEAD":
        response = HttpResponse(content_type="application/octet-stream")
        response.headers["Content-Length"] = str(batch.size)
    else:
        try:
            download = open_download(batch, datetime.now(UTC), BY)
        except Refused as refused:
            return _told(refused.problem, 410 if refused.problem.code in ("FILE_RECALLED", "FILE_ERASED") else 409)
        response = HttpResponse(download.content, content_type="application/octet-stream")
        response.headers["Content-Disposition"] = f'attachment; filename="{download.name}"'
        if download.again:
            response.headers["X-Kloppend-Warning"] = "fetched before; importing it twice books everything twice"
    response.headers["ETag"] = tag
    return response


@_feed
@require_POST
def acknowledge(request: HttpRequest, route: Route, name: str) -> HttpResponse:
    """`sha256` of what arrived, as a form field or in JSON: received, which is not imported. Again changes nothing."""
    batch = _find(route, name)
    if batch is None:
        return _plain(404)
    try:
        right = received(batch, _sum_in(request), datetime.now(UTC))
    except Refused as refused:
        return _told(refused.problem, 410 if refused.problem.code == "FILE_RECALLED" else 409)
    body = {"name": batch.name, "received": right} | ({} if right else {"error": "the sha256 differs: fetch it again"})
    return JsonResponse(body, status=200 if right else 409)


def _find(route: Route, name: str) -> Batch | None:
    return route.batches.select_related("connection").filter(name=name).first()


def _entry(batch: Batch) -> dict[str, Any]:
    return {
        "name": batch.name,
        "url": settings.KLOPPEND_BASE_URL + reverse("feed_file", kwargs={"name": batch.name}),
        "size": batch.size,
        "sha256": batch.sha256,
        "date": batch.business_date.isoformat(),
        "fetched_before": perhaps_taken(batch),
        "received": batch.received_at is not None,
    }


def _sum_in(request: HttpRequest) -> str:
    if request.content_type != "application/json":
        return request.POST.get("sha256", "").strip().lower()
    try:
        found = json.loads(request.body)
    except ValueError:
        return ""
    return str(found.get("sha256", "")).strip().lower() if isinstance(found, dict) else ""


def _told(problem: Problem, status: int) -> HttpResponse:
    text = problem.text("en")
    return JsonResponse({"error": problem.code, "cause": text.cause, "fix": text.fix}, status=status)


def _plain(status: int) -> HttpResponse:
    return JsonResponse({"error": "not found" if status == 404 else "too many wrong secrets"}, status=status)


def _private(response: HttpResponse) -> HttpResponse:
    """Kept by no cache, no search engine, and in no other site's log of where visitors came from."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
