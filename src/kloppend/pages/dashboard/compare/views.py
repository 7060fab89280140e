"""The pages that compare with an export of the books: uploading one, the report, and what can be done with it."""

import hashlib
from datetime import UTC, datetime
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import ngettext

from kloppend.books.asperion.exports import (
    Columns,
    UnreadableExportError,
    csv_columns,
    read_audit_file,
    read_csv,
)
from kloppend.books.xml_reading import UnreadableXmlError
from kloppend.domain.problems import Problem, Refused
from kloppend.pages.access import Visit, action, owners_action, page
from kloppend.pages.dashboard.compare.form import ColumnsForm, CompareForm, last_month
from kloppend.pages.dashboard.compare.report_csv import report_csv
from kloppend.pages.dashboard.files.made import names_of
from kloppend.pages.look.tags import language
from kloppend.records.models import Comparison
from kloppend.sync.comparing import Export, compare_books, files_of_missing, report_problems

SHOWN_FIRST = ("doubled", "differs", "missing", "unknown_amount", "not_ours", "equal")
MOST_SHOWN = 500
LATEST = 30
_PACKED = b"PK\x03\x04"


@page
def compare(visit: Visit) -> HttpResponse:
    """What can be checked and what cannot, the form, and earlier reports."""
    return _show(visit, CompareForm(initial=last_month(timezone.localdate())))


@action
def upload(visit: Visit) -> HttpResponse:
    """Read and compare. A CSV whose columns nobody has explained yet comes back with that question."""
    form = CompareForm(visit.request.POST, visit.request.FILES)
    if not form.is_valid():
        return _show(visit, form)
    uploaded: UploadedFile[Any] = form.cleaned_data["export"]
    try:
        found = _export(visit, uploaded)
        if isinstance(found, ColumnsForm):
            return _show(visit, form, columns=found)
        days = form.cleaned_data["first_day"], form.cleaned_data["last_day"]
        row = compare_books(visit.connection, found, *days, datetime.now(UTC), str(visit.request.user.pk))
    except Refused as refused:
        return _show(visit, form, refusal=refused.problem)
    except (UnreadableExportError, UnreadableXmlError) as error:
        return _show(visit, form, refusal=_unreadable(error))
    return redirect("comparison", visit.connection.pk, row.pk)


def _unreadable(error: UnreadableExportError | UnreadableXmlError) -> Problem:
    """Where it goes wrong, when that is an amount in a list; otherwise the technical message."""
    row, column = getattr(error, "row", None), getattr(error, "column", "")
    return Problem.of("EXPORT_UNREADABLE", row=row or "", column=column, what="" if row else error)


def _export(visit: Visit, uploaded: "UploadedFile[Any]") -> Export | ColumnsForm:
    file = cast(BinaryIO, uploaded.file)
    start = file.read(200).lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    file.seek(0)
    if start.startswith(_PACKED):
        raise Refused(Problem.of("EXPORT_PACKED"))
    digest = hashlib.sha256()
    for block in uploaded.chunks():
        digest.update(block)
    file.seek(0)
    about: dict[str, Any] = {"sha256": digest.hexdigest(), "size": uploaded.size or 0}
    if start.startswith(b"<"):
        return Export(kind=Comparison.Kind.XAF, entries=read_audit_file(file), columns={}, **about)
    form = _columns(visit, csv_columns(file))
    if not form.is_valid():
        return form
    chosen: Columns = form.columns()
    return Export(kind=Comparison.Kind.CSV, entries=read_csv(file, chosen), columns=dict(form.cleaned_data), **about)


def _columns(visit: Visit, offered: tuple[str, ...]) -> ColumnsForm:
    """As posted, or as chosen last time; to be filled in when a column is not there any more, or the person asks."""
    posted = visit.request.POST
    if "description" in posted:
        return ColumnsForm(offered, posted)
    last = visit.connection.comparisons.filter(kind=Comparison.Kind.CSV).order_by("-pk").first()
    if last and not posted.get("ask") and set(last.columns.values()) <= {*offered, ""}:
        return ColumnsForm(offered, last.columns)
    return ColumnsForm(offered, initial=last.columns if last else None)


def _show(visit: Visit, form: CompareForm, **more: Any) -> HttpResponse:
    rows = list(visit.connection.comparisons.defer("findings").order_by("-pk")[:LATEST])
    names = names_of(row.made_by for row in rows)
    return visit.show("dashboard/compare/compare.html", form=form, rows=rows, names=names, **more)


@page
def report(visit: Visit, comparison_id: int) -> HttpResponse:
    """One report: what needs attention first, everything as CSV."""
    row = _row(visit, comparison_id)
    found = sorted(row.findings, key=lambda finding: SHOWN_FIRST.index(finding["outcome"]))
    return visit.show(
        "dashboard/compare/report.html",
        comparison=row,
        findings=found[:MOST_SHOWN],
        left_out=max(0, len(found) - MOST_SHOWN),
        files=files_of_missing(row),
        reportable=any(finding["outcome"] in ("differs", "doubled") for finding in row.findings),
        names=names_of([row.made_by, row.reported_by]),
    )


@page
def report_file(visit: Visit, comparison_id: int) -> HttpResponseBase:
    """The whole report for a spreadsheet."""
    row = _row(visit, comparison_id)
    response = HttpResponse(report_csv(row, language()), content_type="text/csv")
    name = f"kloppend-{visit.connection.pk}-{row.first_day}-{row.last_day}-{row.pk}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@owners_action
def make_problems(visit: Visit, comparison_id: int) -> HttpResponse:
    """What differs or is doubled becomes a problem of its order."""
    count = report_problems(_row(visit, comparison_id), datetime.now(UTC), str(visit.request.user.pk))
    done = ngettext("%(n)d order is on the list of problems.", "%(n)d orders are on the list of problems.", count)
    messages.success(visit.request, done % {"n": count})
    return redirect("comparison", visit.connection.pk, comparison_id)


def _row(visit: Visit, comparison_id: int) -> Comparison:
    return get_object_or_404(visit.connection.comparisons.all(), pk=comparison_id)
