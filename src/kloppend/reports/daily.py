"""The mail of a day about one connection: which file is ready, what is held, and whether the shop is out of reach.

It names order numbers and codes, and never a customer: mail passes through many hands.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

from django.db.models import Count, Q

from kloppend.domain.problems import Language
from kloppend.outside.mail import Mail
from kloppend.records.models import Batch, BatchEvent, Connection, Order, Problem
from kloppend.reports.daily_words import WORDS, DailyWords
from kloppend.reports.mail_layout import Item, Section, as_html, as_text
from kloppend.reports.wording import cause_text, holds_up, language_of, zone_of

A_DAY = timedelta(days=1)
NAMED = 20
"""So many orders are named one by one; the page of problems has them all."""
RECENT = timedelta(days=7)
"""An older file that no mail told of is no news: the merchant had no address yet."""


def new_files(connection: Connection, at: datetime) -> list[Batch]:
    """Files in their place that no mail told of yet."""
    since = at.astimezone(zone_of(connection)).date() - RECENT
    there = connection.batches.filter(state__in=[Batch.State.PLACED, Batch.State.FETCHED], business_date__gte=since)
    return list(there.exclude(events__kind=BatchEvent.Kind.MAILED).order_by("sequence"))


def daily_mail(connection: Connection, at: datetime, files: Sequence[Batch] | None = None) -> Mail | None:
    """The mail as it would go out at this moment; None when there is neither a new file nor an open problem."""
    language = language_of(connection)
    files = new_files(connection, at) if files is None else files
    counts = dict(Batch.objects.filter(pk__in=[file.pk for file in files]).values_list("pk", Count("deliveries")))
    held = _with_open_problems(connection, language, forwarded=False)
    changed = _with_open_problems(connection, language, forwarded=True)
    faults = list(_faults(connection, at, language))
    if not (files or held or changed or faults):
        return None
    words, problems = WORDS[language], f"/c/{connection.pk}/problems/"
    sections = [
        Section(words.faults, tuple(faults)),
        Section(words.files, tuple(_file(connection, file, counts[file.pk], words) for file in files)),
        Section(words.held.format(len(held)), _orders(connection, held)),
        Section(words.changed.format(len(changed)), _orders(connection, changed)),
        Section(words.more, (Item(words.problems, problems),)),
    ]
    day = at.astimezone(zone_of(connection)).date()
    subject = words.subject(sum(counts.values()), len(files), len(held) + len(changed), len(faults))
    return Mail(
        to=connection.merchant.email,
        subject=f"{connection.name}: {subject}",
        text=as_text(sections),
        html=as_html(connection.name, sections, language),
        name=f"daily-{connection.pk}-{day}",
    )


def _with_open_problems(connection: Connection, language: Language, *, forwarded: bool) -> dict[str, list[str]]:
    """Order numbers with what is the matter."""
    rows = Problem.objects.filter(connection=connection, order__isnull=False, closed_at=None)
    not_forwarded = Q(order__state__in=Order.NOT_FORWARDED)
    rows = rows.filter(~not_forwarded if forwarded else not_forwarded).order_by("order_id", "code")
    found: dict[str, list[str]] = {}
    for number, code, detail in rows.values_list("order__shop_order_id", "code", "detail"):
        if holds_up(code):
            found.setdefault(str(number), []).append(f"{cause_text(code, detail, language)} ({code})")
    return found


def _faults(connection: Connection, at: datetime, language: Language) -> Iterator[Item]:
    """What is wrong with the connection itself. A shop that cannot be asked for less than a day is no news."""
    for problem in connection.problems.filter(order=None, closed_at=None).order_by("pk"):
        if holds_up(problem.code) and (problem.source != "fetch" or at - down_since(problem) >= A_DAY):
            cause = cause_text(problem.code, problem.detail, language)
            yield Item(f"{problem.code}: {cause}", f"/c/{connection.pk}/problems/")


def down_since(problem: Problem) -> datetime:
    """Since when the step that found this problem has failed without a break, be it with another code at first."""
    since = problem.opened_at
    same_step = Problem.objects.filter(connection=problem.connection, order=None, source=problem.source)
    while before := same_step.filter(closed_at=since, opened_at__lt=since).order_by("opened_at").first():
        since = before.opened_at
    return since


def _file(connection: Connection, file: Batch, invoices: int, words: DailyWords) -> Item:
    text = words.file.format(name=file.name, invoices=invoices)
    notes = [note for note in file.notes if note["code"].endswith("_CENT_DIFFERENCE_POSSIBLE")]
    told = [cause_text(note["code"], note["detail"], language_of(connection)) for note in notes]
    unverified = [] if file.verified else [words.unverified]
    return Item(" ".join([text, *unverified, *told]), f"/c/{connection.pk}/files/")


def _orders(connection: Connection, orders: dict[str, list[str]]) -> tuple[Item, ...]:
    items = [
        Item(f"{number}: {' '.join(what)}", f"/c/{connection.pk}/orders/{quote(number, safe='')}/")
        for number, what in list(orders.items())[:NAMED]
    ]
    if len(orders) > NAMED:
        items.append(Item(f"+ {len(orders) - NAMED}", f"/c/{connection.pk}/problems/"))
    return tuple(items)
