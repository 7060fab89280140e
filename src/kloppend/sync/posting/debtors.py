"""On whom an invoice is booked: found in the books, or made there once, also when the answer to that got lost."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kloppend.books.port import Accepted, BooksTrouble, DebtorFound, NotSent, Rejected
from kloppend.domain.invoice import Document
from kloppend.domain.problems import Problem, Refused
from kloppend.domain.unclear import LOOK_UPS_AFTER
from kloppend.records.customers import link_of
from kloppend.records.models import DebtorLink
from kloppend.records.secrets import email_hash
from kloppend.sync.posting.desk import Desk


@dataclass(frozen=True, slots=True)
class Wait:
    """A debtor may be on its way into the books: not before this moment."""

    until: datetime
    problem: Problem


def debtor_for(desk: Desk, document: Document) -> DebtorFound | Wait:
    """Find the debtor, or make it. Raises Refused, and BooksTrouble, having made nothing as far as is known.

    That one is being made is committed first, so after a crash or an unclear answer it is looked for, for an hour, and
    not made again.
    """
    found = desk.books.find_debtor(document)
    if found is not None:
        if not found.shared:
            _note_found(desk, document, found.number)
        return found
    desk.check()
    return _made_before(desk, document) or _make(desk, document)


def _link(desk: Desk, document: Document) -> DebtorLink:
    """This customer's, locked. One that nobody knows yet is of an intent from before customers were kept."""
    known = link_of(desk.administration.pk, document.debtor)
    links = DebtorLink.objects.select_for_update()
    if known:
        return links.get(pk=known.pk)
    address = email_hash(document.debtor.email)
    found, _ = links.get_or_create(administration=desk.administration, email_hash=address, ordinal=1)
    return found


def _note_found(desk: Desk, document: Document, number: str) -> None:
    """Evidence of why this debtor; a number that a person chose meanwhile stays."""
    with transaction.atomic():
        link = _link(desk, document)
        if link.number != number and link.how != DebtorLink.How.CHOSEN:
            link.number, link.how, link.told_at = number[:60], DebtorLink.How.FOUND, desk.now()
            link.save(update_fields=["number", "how", "told_at"])


def _made_before(desk: Desk, document: Document) -> DebtorFound | Wait | None:
    """One that was made in the last hour may not be found yet. None: this process makes it now, and says so."""
    with transaction.atomic():
        link, now = _link(desk, document), desk.now()
        if link.creating_at is None or link.creating_at + LOOK_UPS_AFTER[-1] <= now:
            link.creating_at, link.number, link.how = now, "", DebtorLink.How.NOT_TOLD
            link.save(update_fields=["creating_at", "number", "how"])
            return None
        if link.number:
            return DebtorFound(link.number)
        until = next(link.creating_at + wait for wait in LOOK_UPS_AFTER if link.creating_at + wait > now)
        return Wait(until, Problem.of("DEBTOR_OUTCOME_UNCLEAR", order=document.order_number))


def _make(desk: Desk, document: Document) -> DebtorFound | Wait:
    outcome = desk.books.create_debtor(document)
    if isinstance(outcome, Accepted):
        _remember(desk, document, number=outcome.external_id)
        return DebtorFound(outcome.external_id, outcome.notes)
    if isinstance(outcome, (Rejected, NotSent)):
        _forget(desk, document)
        if isinstance(outcome, Rejected):
            raise Refused(outcome.problem)
        raise BooksTrouble(outcome.problem, outcome.retry_after)
    until = desk.now() + LOOK_UPS_AFTER[0]
    return Wait(until, Problem.of("DEBTOR_OUTCOME_UNCLEAR", order=document.order_number))


def _remember(desk: Desk, document: Document, number: str) -> None:
    with transaction.atomic():
        link = _link(desk, document)
        link.number, link.how, link.told_at = number[:60], DebtorLink.How.MADE, desk.now()
        link.save(update_fields=["number", "how", "told_at"])


def _forget(desk: Desk, document: Document) -> None:
    with transaction.atomic():
        link = _link(desk, document)
        link.creating_at = None
        link.save(update_fields=["creating_at"])
