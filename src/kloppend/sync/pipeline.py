"""One order's way through the house, for one connection. This is the page to read first.

shop --1 fetch--> order --2 decide--> invoice now? --3 invoice--> canonical invoice --4 deliver--> books --5 reconcile

Every step can be interrupted anywhere and run again, by this process or another: what was done is in the records,
and the records allow it once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from kloppend.books.port import ApiBooks
from kloppend.domain.problems import Refused
from kloppend.records import problems
from kloppend.records.models import Batch, Connection
from kloppend.shops.port import Shop
from kloppend.sync.credits.proposals import credit_cancelled
from kloppend.sync.fetch import fetch
from kloppend.sync.files.placing import place
from kloppend.sync.files.sealing import date_ahead, seal
from kloppend.sync.master_data import look_daily
from kloppend.sync.means import means_of
from kloppend.sync.posting import Desk, attach_pdfs, check_afterwards, post
from kloppend.sync.reconcile import reconcile
from kloppend.sync.schedule import file_is_due
from kloppend.sync.settle import settle
from kloppend.sync.vat_numbers.asking import check_vat_numbers


@dataclass(slots=True)
class Run:
    """What one run did: the numbers of orders that came in, those whose state changed, those posted with what they then
    were, and the files placed.

    `filed_on` is the business date whose daily file this run made, or found to have nothing to hold.
    """

    fetched: list[str] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)
    posted: dict[str, str] = field(default_factory=dict)
    files: list[Batch] = field(default_factory=list)
    filed_on: date | None = None

    @property
    def nothing_new(self) -> bool:
        """Whether this run left everything as it was."""
        return not (self.fetched or self.settled or self.posted or self.files)


def run(
    connection: Connection,
    shop: Shop,
    at: datetime,
    progress: Callable[[str], None] = lambda _: None,
    filed_on: date | None = None,
    check: Callable[[], None] = lambda: None,
) -> Run:
    """Bring one connection up to the moment `at` (aware). Problems end up in the records, not in exceptions.

    `filed_on`: the last business date whose daily file is dealt with; what comes later goes into the next day's.
    `check` is called just before what cannot be undone, and raises when another process has taken over.
    """
    done = Run()
    done.files += place(connection, at)  # first finish what an interrupted run left half done

    try:
        means = means_of(connection)
    except Refused as refused:
        problems.now_stand(connection, None, [refused.problem], at, source="settings")
        return done
    problems.now_stand(connection, None, [], at, source="settings")
    choices, books, today = means.choices, means.books, means.today(at)

    for number in fetch(connection, shop, choices, at):  # 1 fetch
        done.fetched.append(number)
        progress(f"order {number} fetched")

    for number in check_vat_numbers(connection, means, at):  # a 0% within the EU needs a valid one
        progress(f"order {number}: VAT number looked up")

    for number, state in settle(connection, choices, books, today, at):  # 2 decide, 3 invoice
        done.settled[number] = state
        progress(f"order {number} is {state}")

    if connection.verify_before_sending:  # a backup was restored: a person first says what was sent since
        return done

    looked_at_all = not connection.problems.filter(source="fetch", closed_at=None).exists()
    seen_since = None if looked_at_all else at
    if isinstance(books, ApiBooks):  # these answer: at once
        look_daily(connection, choices, books, at)  # what was chosen there may be gone
        desk = Desk(connection=connection, means=means, books=books, at=at, check=check, seen_since=seen_since)
        _post(desk, done, progress)
        return done

    problems.now_stand(connection, None, date_ahead(connection, today), at, source="clock")
    if file_is_due(choices, at, filed_on):  # 4 deliver
        if looked_at_all:
            credit_cancelled(connection, means, at)  # where the merchant chose that
        made = seal(connection.pk, choices, books, today, at, seen_since=seen_since)
        done.files += place(connection, at)
        done.filed_on = today if made or _nothing_left_to_file(connection) else None

    reconcile(connection, at)  # 5 reconcile
    return done


def _post(desk: Desk, done: Run, progress: Callable[[str], None]) -> None:
    if desk.seen_since is None:
        credit_cancelled(desk.connection, desk.means, desk.at)  # where the merchant chose that
    for number, state in post(desk):  # 4 deliver
        done.posted[number] = state
        progress(f"order {number} is {state}")
    check_afterwards(desk)  # 5 reconcile
    attach_pdfs(desk)


def _nothing_left_to_file(connection: Connection) -> bool:
    """Whether the day's file was not made for want of orders; not so when the shop or the file itself failed."""
    return not connection.problems.filter(source__in=["fetch", "seal"], closed_at=None).exists()
