"""The accountant's tick list: every order of a month, with its invoice and file, or the reason why it has none.

An order belongs to the month in which it was placed, in the connection's own time zone, so that it stands in one list
whatever happens to it later. Its invoice may bear a date of another month; `totals_of` tells the two apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import FilteredRelation, Q

from kloppend.domain.money import round2
from kloppend.domain.problems import Language
from kloppend.records.models import BY_NUMBER, Connection, Invoice, Problem
from kloppend.reports.amounts import COLUMNS, Amounts, amounts_of, together
from kloppend.reports.numbers import numbers_of
from kloppend.reports.wording import cause_text, holds_up, language_of, zone_of

FILE = "delivery__batch__"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthRow:
    """An order of the month, and its invoice if it has one. `code` and `reason` say why not, or what happened since."""

    order_number: str
    placed_on: date | None
    order_total: Decimal | None
    state: str
    code: str = ""
    reason: str = ""
    kind: str = ""
    invoice_date: date | None = None
    amounts: Amounts | None = None
    file: str = ""
    sha256: str = ""
    imported_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTotals:
    """Of one file: what stands in the month's list, and all that is in it."""

    name: str
    listed: Amounts
    whole: Amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthTotals:
    """listed = dated_here + dated_elsewhere. `from_elsewhere`: orders of other months whose invoice is of this month.

    The VAT return of the month therefore rests on dated_here + from_elsewhere. `missing`: numbers no order bears;
    `elsewhere`: numbers another connection to the same shop holds.
    """

    listed: Amounts
    dated_here: Amounts
    dated_elsewhere: Amounts
    from_elsewhere: Amounts
    files: tuple[FileTotals, ...]
    states: Mapping[str, int]
    missing: tuple[range, ...]
    elsewhere: tuple[range, ...]


def month_list(connection: Connection, year: int, month: int, language: Language | None = None) -> Iterator[MonthRow]:
    """Every order of the month by number, checkouts never completed included; a row per invoice, if it has several."""
    zone, language = zone_of(connection), language or language_of(connection)
    first, end = (datetime.combine(day, datetime.min.time(), zone) for day in _bounds(year, month))
    undated = numbers_of(connection, (year, month), zone).undated
    orders = connection.orders.filter(Q(placed_at__gte=first, placed_at__lt=end) | Q(pk__in=undated))
    living = FilteredRelation("invoices", condition=Q(invoices__void=False))
    invoice = ("kind", "invoice_date", *COLUMNS, f"{FILE}name", f"{FILE}sha256", f"{FILE}imported_at")
    rows = orders.annotate(living=living).order_by(*BY_NUMBER, "-living__kind", "living__sequence")
    columns = ("pk", "shop_order_id", "placed_at", "total", "state", "reason", *(f"living__{name}" for name in invoice))
    problems = _open_problems(connection)
    for row in rows.values(*columns):
        yield _month_row(row, problems.get(row["pk"], {}), zone, language)


def totals_of(connection: Connection, year: int, month: int, rows: Sequence[MonthRow]) -> MonthTotals:
    """Add up the rows of `month_list`, per file and per month of the invoice's date."""
    first, end = _bounds(year, month)
    invoiced = [(row, row.amounts) for row in rows if row.amounts]
    here = [amounts for row, amounts in invoiced if row.invoice_date and first <= row.invoice_date < end]
    elsewhere = [amounts for row, amounts in invoiced if row.invoice_date and not first <= row.invoice_date < end]
    of_this_date = Invoice.objects.filter(order__connection=connection, void=False)
    dated = of_this_date.filter(invoice_date__gte=first, invoice_date__lt=end)
    numbers = {row.order_number for row in rows}
    others = dated.values("order__shop_order_id", *COLUMNS)
    states = [row.state for row in rows]
    shop_s = numbers_of(connection, (year, month), zone_of(connection))
    return MonthTotals(
        listed=together(amounts for _, amounts in invoiced),
        dated_here=together(here),
        dated_elsewhere=together(elsewhere),
        from_elsewhere=together(amounts_of(row) for row in others if row["order__shop_order_id"] not in numbers),
        files=tuple(_files(connection, invoiced)),
        states={state: states.count(state) for state in sorted(set(states))},
        missing=shop_s.missing,
        elsewhere=shop_s.elsewhere,
    )


def _bounds(year: int, month: int) -> tuple[date, date]:
    return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)


def _month_row(
    row: Mapping[str, Any], problems: Mapping[str, Mapping[str, str]], zone: ZoneInfo, language: Language
) -> MonthRow:
    codes = [row["reason"]] if row["reason"] else sorted(problems)
    invoice = {name.removeprefix("living__"): value for name, value in row.items()}
    imported_at = invoice[f"{FILE}imported_at"]
    return MonthRow(
        order_number=row["shop_order_id"],
        placed_on=row["placed_at"].astimezone(zone).date() if row["placed_at"] else None,
        order_total=None if row["total"] is None else round2(row["total"]),
        state=row["state"],
        code=", ".join(codes),
        reason=" ".join(filter(None, (cause_text(code, problems.get(code), language) for code in codes))),
        kind=invoice["kind"] or "",
        invoice_date=invoice["invoice_date"],
        amounts=amounts_of(invoice) if invoice["kind"] else None,
        file=invoice[f"{FILE}name"] or "",
        sha256=invoice[f"{FILE}sha256"] or "",
        imported_on=imported_at.astimezone(zone).date() if imported_at else None,
    )


def _open_problems(connection: Connection) -> dict[int, dict[str, dict[str, str]]]:
    """By order and code: the particulars of what stands open, warnings left out."""
    found: dict[int, dict[str, dict[str, str]]] = {}
    rows = Problem.objects.filter(connection=connection, order__isnull=False, closed_at=None)
    for order_id, code, detail in rows.values_list("order_id", "code", "detail"):
        if holds_up(code):
            found.setdefault(order_id, {})[code] = detail
    return found


def _files(connection: Connection, invoiced: Sequence[tuple[MonthRow, Amounts]]) -> Iterator[FileTotals]:
    for name in sorted({row.file for row, _ in invoiced if row.file}):
        whole = Invoice.objects.filter(void=False, delivery__batch__connection=connection, delivery__batch__name=name)
        yield FileTotals(
            name=name,
            listed=together(amounts for row, amounts in invoiced if row.file == name),
            whole=together(amounts_of(row) for row in whole.values(*COLUMNS)),
        )
