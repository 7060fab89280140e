"""What the books offer to choose from, kept with the moment it was read; and what was chosen and is there no longer.

Choices are never replaced here: what disappeared is told, and a person chooses something else.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from kloppend.books.port import ApiBooks, BooksTrouble, MasterData, Named
from kloppend.domain.problems import Problem, Refused
from kloppend.records import problems
from kloppend.records.models import BooksOffer, Connection
from kloppend.sync.books_access import api_books_of
from kloppend.sync.choices import Choices

SOURCE = "master_data"


def offer_of(connection: Connection, kind: str, label: str) -> BooksOffer | None:
    """What was last read; None when nothing was."""
    return BooksOffer.objects.filter(connection=connection, kind=kind, label=label).first()


def data_in(offer: BooksOffer) -> MasterData:
    """The lists of an offer."""
    return msgspec.convert(offer.content, MasterData)


def read_offer(connection: Connection, kind: str, label: str, options: Mapping[str, Any], at: datetime) -> BooksOffer:
    """Read it from the books and keep it. Raises Refused."""
    try:
        books = api_books_of(connection, kind, label, options)
        return keep(connection, kind, label, books, at)
    except BooksTrouble as trouble:
        raise Refused(trouble.problem) from trouble
    except ValueError as error:
        raise Refused(Problem.of("SETTINGS_INVALID", what=error)) from error


def keep(connection: Connection, kind: str, label: str, books: ApiBooks, at: datetime) -> BooksOffer:
    """The same with books that are open. Raises BooksTrouble."""
    data = books.master_data()
    name = next((each.name for each in books.administrations() if each.id == label), "")
    offer, _ = BooksOffer.objects.update_or_create(
        connection=connection,
        kind=kind,
        label=label,
        defaults={"content": msgspec.to_builtins(data), "name": name[:200], "read_at": at},
    )
    return offer


def look_daily(connection: Connection, choices: Choices, books: ApiBooks, at: datetime) -> None:
    """Once a day, by the merchant's calendar, read anew and tell what is chosen and not there any more."""
    administration = connection.administration
    known = offer_of(connection, administration.kind, administration.label)
    if known and known.read_at >= choices.midnight(at):
        return
    try:
        offer = keep(connection, administration.kind, administration.label, books, at)
    except BooksTrouble:
        return  # posting meets the same trouble and tells it
    told = gone(data_in(offer), [*books.chosen(), *chosen_in(choices)], choices.midnight(at).date())
    problems.now_stand(connection, None, told, at, source=SOURCE)


def chosen_in(choices: Choices) -> Iterable[Named]:
    """What the connection's settings name of the master data."""
    for row in choices.vat_rows():
        yield Named("vat_codes", row.vat_code)
        if row.ledger_account:
            yield Named("ledger_accounts", row.ledger_account)
    for terms in choices.terms_of_payments().values():
        if terms.condition:
            yield Named("payment_conditions", terms.condition)
        if terms.journal:
            yield Named("journals", terms.journal)


def gone(data: MasterData, chosen: Iterable[Named], today: date) -> Sequence[Problem]:
    """One problem that names all that was chosen and is not to be had (any more); none when all is there."""
    there = {
        Named(kind, each.id)
        for kind in ("vat_codes", "journals", "ledger_accounts", "payment_conditions")
        for each in getattr(data, kind)
        if each.last_day is None or each.last_day >= today
    }
    missing = sorted(set(chosen) - there, key=lambda named: (named.kind, named.id))
    if not missing:
        return ()
    return (Problem.of("BOOKS_CHOICE_GONE", of_books=", ".join(f"{named.kind} {named.id}" for named in missing)),)
