"""One order's way through the house, for one connection. This is the page to read first.

shop --1 fetch--> order --2 decide--> invoice now? --3 invoice--> canonical invoice --4 deliver--> books --5 reconcile

Every step can be interrupted anywhere and run again, by this process or another: what was done is in the records,
and the records allow it once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime

from kloppend.domain.problems import Refused
from kloppend.records import problems
from kloppend.records.models import Batch, Connection
from kloppend.shops.port import Shop
from kloppend.sync.ask_vies import check_vat_numbers
from kloppend.sync.crediting import credit_cancelled
from kloppend.sync.fetch import fetch
from kloppend.sync.folders import folder_of
from kloppend.sync.means import means_of
from kloppend.sync.placing import place
from kloppend.sync.reconcile import reconcile
from kloppend.sync.schedule import file_is_due
from kloppend.sync.sealing import seal
from kloppend.sync.settle import settle


@dataclass(slots=True)
class Run:
    """What one run did: the numbers of orders that came in, those whose state changed, and the files placed.

    `filed_on` is the business date whose daily file this run made, or found to have nothing to hold.
    """

    fetched: list[str] = field(default_factory=list)
    settled: dict[str, str] = field(default_factory=dict)
    files: list[Batch] = field(default_factory=list)
    filed_on: date | None = None

    @property
    def nothing_new(self) -> bool:
        """Whether this run left everything as it was."""
        return not (self.fetched or self.settled or self.files)


def run(
    connection: Connection,
    shop: Shop,
    at: datetime,
    progress: Callable[[str], None] = lambda _: None,
    filed_on: date | None = None,
) -> Run:
    """Bring one connection up to the moment `at` (aware). Problems end up in the records, not in exceptions.

    `filed_on`: the last business date whose daily file is dealt with; what comes later goes into the next day's.
    """
    folder, done = folder_of(connection), Run()
    done.files += place(connection, folder, at)  # first finish what an interrupted run left half done

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

    if file_is_due(choices, at, filed_on):  # 4 deliver
        looked_at_all = not connection.problems.filter(source="fetch", closed_at=None).exists()
        if looked_at_all:
            for credit in credit_cancelled(connection, means, at):
                progress(f"order {credit.order.shop_order_id} is credited")
        made = seal(connection.pk, choices, books, today, at, seen_since=None if looked_at_all else at)
        done.files += place(connection, folder, at)
        if made or (looked_at_all and not connection.problems.filter(source="seal", closed_at=None).exists()):
            done.filed_on = today

    reconcile(connection, folder, at)  # 5 reconcile
    return done
