"""The month list as CSV that opens well in a Dutch spreadsheet: semicolons, decimal commas, a byte order mark."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from io import StringIO

from kloppend.domain.problems import Language
from kloppend.records.models import Connection
from kloppend.reports.amounts import Amounts, Rate
from kloppend.reports.month import MonthRow, MonthTotals, month_list, totals_of
from kloppend.reports.month_words import WORDS, MonthWords
from kloppend.reports.wording import language_of, state_text

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
Cells = Sequence[str]


def month_csv(connection: Connection, year: int, month: int, language: Language | None = None) -> Iterator[bytes]:
    """The file piece by piece, in UTF-8: headings, a line per row, an empty line, totals, notes."""
    language = language or language_of(connection)
    rows = list(month_list(connection, year, month, language))
    totals = totals_of(connection, year, month, rows)
    rates = sorted({rate for each in (totals.listed, totals.from_elsewhere, *_whole(totals)) for rate in each.rates})
    yield "\N{BYTE ORDER MARK}".encode()
    yield _line(_headings(rates, WORDS[language]))
    for row in rows:
        yield _line(_cells(row, rates, language))
    yield _line([])
    for cells in _totals(totals, rates, language):
        yield _line(cells)
    yield _line([])
    for note in WORDS[language].notes:
        yield _line([note])


def _whole(totals: MonthTotals) -> Iterable[Amounts]:
    return (file.whole for file in totals.files)


def _headings(rates: Sequence[Rate], words: MonthWords) -> list[str]:
    return [*words.before, *(heading.format(rate) for rate in rates for heading in words.per_rate), *words.after]


def _cells(row: MonthRow, rates: Sequence[Rate], language: Language) -> list[str]:
    return [
        _text(row.order_number),
        _day(row.placed_on),
        _day(row.invoice_date),
        _money(row.order_total),
        *_amounts(row.amounts, rates),
        state_text(row.state, language),
        _text(row.code),
        _text(row.reason),
        _text(row.file),
        _day(row.imported_on),
        row.sha256,
    ]


def _totals(totals: MonthTotals, rates: Sequence[Rate], language: Language) -> Iterator[Cells]:
    words = WORDS[language]
    for name in ("listed", "dated_here", "dated_elsewhere", "from_elsewhere"):
        yield _total(getattr(words, name), getattr(totals, name), rates)
    for file in totals.files:
        yield _total(words.file_listed.format(file.name), file.listed, rates)
        yield _total(words.file_whole.format(file.name), file.whole, rates)
    for name in ("missing", "elsewhere"):
        spans = [_span(numbers, words) for numbers in getattr(totals, name)]
        yield [getattr(words, name), ", ".join(spans) or "-"]
    for state, count in totals.states.items():
        yield [words.rows.format(state_text(state, language)), str(count)]


def _total(label: str, amounts: Amounts, rates: Sequence[Rate]) -> Cells:
    """The label, the number of invoices, and the amounts below their columns."""
    return [_text(label), str(amounts.count), "", "", *_amounts(amounts, rates)]


def _amounts(amounts: Amounts | None, rates: Sequence[Rate]) -> list[str]:
    if amounts is None:
        return [""] * (4 + 2 * len(rates))
    per_rate = [_money(part) for rate in rates for part in amounts.rates.get(rate, (None, None))]
    return [*(_money(part) for part in (amounts.total, amounts.net, amounts.vat, amounts.rounding)), *per_rate]


def _money(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}".replace(".", ",")


def _day(day: date | None) -> str:
    return day.strftime("%d-%m-%Y") if day else ""


def _span(numbers: range, words: MonthWords) -> str:
    first, last = numbers[0], numbers[-1]
    return str(first) if first == last else words.up_to.format(first, last)


def _text(text: str) -> str:
    """Text that came from a shop must not become a formula in somebody's spreadsheet."""
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


def _line(cells: Cells) -> bytes:
    buffer = StringIO()
    csv.writer(buffer, delimiter=";", lineterminator="\r\n").writerow(cells)
    return buffer.getvalue().encode()
