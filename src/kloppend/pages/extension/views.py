"""`/extension/check`: docs/protocol.md, section 6. No login; the signature is the proof, in both directions."""

import json
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

import kloppend
from kloppend.pages.access import zone_of
from kloppend.pages.extension.question import Question, asker, read
from kloppend.pages.extension.throttle import too_many
from kloppend.records.licences import known_as
from kloppend.records.models import Connection, Run
from kloppend.shops.opencart import signing

PROTOCOL = 1
CLOCK_MAY_DIFFER = 300


@never_cache
@require_GET
def check(request: HttpRequest) -> HttpResponse:
    """Tell a shop whether we know it: signed for who has the key, next to nothing for others."""
    at, question = timezone.now(), read(request.GET)
    fitting = asker(question) if question else None
    if question is None or fitting is None:
        if too_many(request):
            return _refused(429)
        return _unsigned(question, at) if question else _refused(403)
    if question["protocol"] != str(PROTOCOL):
        return _refused(400)
    if abs(at.timestamp() - int(question["timestamp"])) > CLOCK_MAY_DIFFER:
        clock = {"error": {"code": "CLOCK_DIFFERS", "time": int(at.timestamp())}}
        return _envelope(question, clock, fitting.api_key)
    return _envelope(question, _known(fitting, question, at), fitting.api_key)


def _known(connection: Connection, question: Question, at: datetime) -> dict[str, Any]:
    return {
        **_who(),
        "licence": known_as(question["licence"], connection, at),
        "key": "fits",
        "connection": connection.name,
        "dashboard": settings.KLOPPEND_BASE_URL + reverse("overview", args=[connection.pk]),
        "last_fetch": _last_fetch(connection),
    }


def _last_fetch(connection: Connection) -> dict[str, Any] | None:
    """The last run that got through to the shop."""
    through = connection.runs.filter(outcome__in=[Run.Outcome.FINE, Run.Outcome.PROBLEM])
    last = through.exclude(fault__startswith="SHOP_").order_by("-started_at").first()
    if last is None:
        return None
    return {"at": f"{last.started_at.astimezone(zone_of(connection)):%Y-%m-%d %H:%M:%S %Z}", "orders": last.fetched}


def _unsigned(question: Question, at: datetime) -> HttpResponse:
    licence = known_as(question["licence"], None, at)
    return _envelope(question, {**_who(), "licence": licence, "key": "differs"}, "")


def _who() -> dict[str, Any]:
    return {"platform": "Kloppend", "version": kloppend.__version__}


def _envelope(question: Question, body: dict[str, Any], key: str) -> HttpResponse:
    text = json.dumps(body, ensure_ascii=False)
    nonce = question["nonce"]
    signature = signing.sign_envelope(key, PROTOCOL, nonce, text) if key else ""
    return JsonResponse({"protocol": PROTOCOL, "nonce": nonce, "body": text, "signature": signature})


def _refused(status: int) -> HttpResponse:
    return HttpResponse('{"error":"refused"}', status=status, content_type="application/json")
