"""A file because a person asks for one: now, of everything that is ready; or to try, of one to three chosen orders.

Such a file is a file like the day's: the same rules, a number of its own, and each order goes into it for good. So
what was tried and imported is booked, and the next file holds the rest.
"""

from collections.abc import Iterable
from datetime import datetime

from kloppend.domain.problems import Problem, Refused
from kloppend.records.models import Batch, Connection
from kloppend.shops.port import Shop
from kloppend.sync.fetch import fetch
from kloppend.sync.files.placing import place
from kloppend.sync.files.sealing import seal
from kloppend.sync.means import files_of, means_of
from kloppend.sync.process import look_again
from kloppend.sync.settle import settle
from kloppend.sync.vat_numbers.asking import check_vat_numbers

MOST_TO_TRY = 3


def make_file_now(connection: Connection, shop: Shop, at: datetime, by: str) -> Batch:
    """Fetch, decide, and put every order that is ready into a file now.

    Raises Refused with NOTHING_TO_SEND, with what is wrong with the file, with BOOKS_TAKE_NO_FILES or
    SETTINGS_INVALID. When the shop cannot be asked to the end, that is an open problem of the connection, and only
    orders it did show are sent.
    """
    means = means_of(connection)
    books, today = files_of(means.books), means.today(at)
    for _ in fetch(connection, shop, means.choices, at):
        pass
    for _ in check_vat_numbers(connection, means, at):
        pass
    for _ in settle(connection, means.choices, means.books, today, at):
        pass
    saw_all = not connection.problems.filter(source="fetch", closed_at=None).exists()
    seen_since = None if saw_all else at
    batch = seal(connection.pk, means.choices, books, today, at, kind=Batch.Kind.NOW, seen_since=seen_since, by=by)
    return _placed(connection, batch, at)


def make_trial_file(connection: Connection, shop: Shop, numbers: Iterable[str], at: datetime, by: str) -> Batch:
    """Look again at one to three orders and put exactly these into a file now; all of them, or there is no file.

    Raises Refused with TRIAL_OF_ONE_TO_THREE, with ORDER_NOT_READY, and as process_order and make_file_now do.
    """
    wanted = sorted({number.strip() for number in numbers} - {""})
    if not 1 <= len(wanted) <= MOST_TO_TRY:
        raise Refused(Problem.of("TRIAL_OF_ONE_TO_THREE", count=len(wanted)))
    means = means_of(connection)
    books = files_of(means.books)
    for number in wanted:
        look_again(connection, shop, number, means, at)
    batch = seal(connection.pk, means.choices, books, means.today(at), at, kind=Batch.Kind.TRIAL, only=wanted, by=by)
    return _placed(connection, batch, at)


def _placed(connection: Connection, batch: Batch | None, at: datetime) -> Batch:
    """The file in its folder; when it cannot be put there yet, that is an open problem and it follows by itself."""
    if batch is None:
        wrong = connection.problems.filter(source__in=["seal", "restore"], closed_at=None).first()
        raise Refused(Problem(wrong.code, wrong.detail) if wrong else Problem.of("NOTHING_TO_SEND"))
    place(connection, at)
    return Batch.objects.get(pk=batch.pk)
