"""What states are called on screen, with their colour and symbol: never colour alone."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kloppend.records.models import Batch, Order, Run

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Word:
    """`tone` is good, info, warn, bad or quiet; `icon` is a symbol of `icons.svg`."""

    text: "_StrPromise | str"
    tone: str
    icon: str


STATES: dict[str, Word] = {
    Order.State.WAITING: Word(_("Waiting"), "quiet", "clock"),
    Order.State.READY: Word(_("Ready"), "info", "arrow"),
    Order.State.REFUSED: Word(_("Refused"), "bad", "stop"),
    Order.State.SKIPPED: Word(_("Skipped"), "quiet", "dash"),
    Order.State.SEALED: Word(_("In a file"), "info", "file"),
    Order.State.DELIVERED: Word(_("Forwarded"), "good", "check"),
    Order.State.UNCERTAIN: Word(_("Uncertain"), "warn", "question"),
    Order.State.CHANGED_AFTER: Word(_("Changed afterwards"), "warn", "attention"),
    Batch.State.STAGED: Word(_("Being placed"), "info", "clock"),
    Batch.State.PLACED: Word(_("Ready to download"), "info", "arrow"),
    Batch.State.FETCHED: Word(_("Downloaded"), "good", "check"),
    Batch.State.RECALLED: Word(_("Recalled"), "quiet", "dash"),
    Run.Outcome.RUNNING: Word(_("Running now"), "info", "clock"),
    Run.Outcome.FINE: Word(_("Went well"), "good", "check"),
    Run.Outcome.PROBLEM: Word(_("With a problem"), "warn", "attention"),
    Run.Outcome.FAILED: Word(_("Failed"), "bad", "stop"),
    Run.Outcome.INTERRUPTED: Word(_("Interrupted"), "warn", "attention"),
    "layout_verified": Word(_("Verified"), "good", "check"),
    "layout_unverified": Word(_("Not verified"), "warn", "attention"),
    "trial": Word(_("Trial"), "info", "clock"),
    "valid": Word(_("Valid"), "good", "check"),
    "expired": Word(_("Expired"), "bad", "stop"),
}

TRAVELLED: "dict[str, _StrPromise | str]" = {
    "placed": _("Put in its place"),
    "fetched": _("Fetched"),
    "taken": _("Gone from the folder"),
    "received": _("Receipt confirmed"),
    "uncertain": _("Uncertain since"),
    "decided": _("Decided by a person"),
    "recalled": _("Recalled"),
    "mailed": _("Told by mail"),
}
"""What happened to a file, besides being made and imported."""

EVENTS: "dict[str, _StrPromise | str]" = {
    "fetched": _("Fetched from the shop (status %(status)s, total %(total)s)"),
    "unconfirmed": _("Checkout started, not completed"),
    "unreadable": _("The shop sent something we cannot read%(because)s"),
    "gone": _("No longer in the shop"),
    "waiting": _("Waiting%(because)s"),
    "ready": _("Everything adds up: ready for the next file"),
    "refused": _("Refused%(because)s"),
    "skipped": _("Skipped%(because)s"),
    "sealed": _("Invoice of %(total)s written into %(file)s"),
    "delivered": _("Forwarded: %(file)s is ready to download"),
    "changed_after": _("Changed in the shop after it was forwarded%(because)s"),
    "recalled": _("The file %(file)s was recalled: no invoice went out"),
    "credited": _("Credit note of %(total)s made"),
    "credit_intended": _("Credit note of %(total)s to be posted with the reference %(reference)s"),
    "credit_refused": _("The books refused the credit note%(because)s"),
    "credit_sealed": _("Credit note of %(total)s written into %(file)s"),
    "credit_delivered": _("Credit note forwarded: %(file)s is ready to download"),
    "credit_withdrawn": _("Credit note withdrawn: it did not go out"),
    "credit_recalled": _("The file %(file)s was recalled: the credit note waits for a next one"),
    "credit_by_hand": _("Credit note put into the books by hand, says a person"),
    "invoice_again": _("To be invoiced again"),
    "already_booked": _("Booked already, says a person after a backup was restored"),
    "marked_already_booked": _("Marked as booked already"),
    "unmarked_already_booked": _("Not marked as booked already any more"),
    "intended": _("Invoice of %(total)s made, to be posted with the reference %(reference)s"),
    "sending": _("Being posted to the books, on debtor %(debtor)s"),
    "booked": _("In the books as %(id)s"),
    "not_sent": _("Not posted after all: it will be tried again"),
    "unclear": _("Posted without a usable answer: it is being looked for"),
    "not_found": _("Looked for %(look_ups)s times and not found: it is posted again"),
    "not_there": _("Not in the books, says a person: it is posted again"),
    "asked_person": _("Left to a person%(because)s"),
    "customer_decided": _("A person said whose order this is"),
    "withdrawn": _("Not posted: the order changed before it could be"),
    "booked_twice": _("Stands in the books more than once: %(ids)s"),
    "books_status": _("Status in the books: %(status)s"),
    "processed": _("Processed at somebody's request"),
}
"""What the trail says, filled from an event's detail."""

BOOKS_STATUSES: "dict[str, _StrPromise | str]" = {
    "concept": _("concept"),
    "in journal entry": _("in a journal entry"),
    "in ledger": _("in the ledger"),
    "payable": _("payable"),
    "paid": _("paid"),
    "hold": _("on hold"),
    "gone": _("not there any more"),
}
"""How far the books say that an invoice is; others are shown as the books word them."""
