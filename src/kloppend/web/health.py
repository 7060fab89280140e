"""For monitors: does the database answer, and does a worker live?"""

from datetime import timedelta

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache

from kloppend.sync.jobs import worker_seen_at

SILENT = timedelta(minutes=3)


@never_cache
def health(_request: HttpRequest) -> JsonResponse:
    """200 when all is well, 503 when not; the body says which part it is."""
    try:
        seen = worker_seen_at()
    except DatabaseError:
        return JsonResponse({"database": False, "worker": False}, status=503)
    worker = seen is not None and timezone.now() - seen < SILENT
    return JsonResponse({"database": True, "worker": worker}, status=200 if worker else 503)
