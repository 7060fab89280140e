"""What was forwarded against an export of the books that the merchant uploads: for files nothing comes back by itself.

Invoices are found by their description ("Bestelling 1042"), which is what we sent; nothing is taken for ours by its
amount or its customer.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from kloppend.domain.booked import ExportedEntry
from kloppend.domain.money import ZERO
from kloppend.domain.problems import Problem
from kloppend.domain.reconcile import NOTED_CENTS

Kind = Literal["invoice", "credit"]
Outcome = Literal["equal", "differs", "missing", "doubled", "unknown_amount", "not_ours"]
Name = tuple[Kind, str]
"""What a description says: an invoice or a credit note, and of which order."""
_NAMED = re.compile(
    r"(?P<credit>creditfactuur bij |credit note on )?\b(?:bestelling|order)\s+#?(?P<number>[\w.-]*\w)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What the books should hold. `here`: of this connection; others of the same books may have the same numbers."""

    kind: Kind
    order: str
    gross: Decimal
    here: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One document compared. `numbers` are the books' own; amounts in euro, None where there is none.

    not_ours: the books hold an invoice of an order that was never forwarded to them.
    """

    outcome: Outcome
    kind: Kind
    order: str
    ours: Decimal | None = None
    theirs: Decimal | None = None
    numbers: tuple[str, ...] = ()
    booked_on: date | None = None


@dataclass(slots=True)
class Compared:
    """All findings; `entries` were read, of which `others` name no order."""

    findings: list[Finding] = field(default_factory=list)
    entries: int = 0
    others: int = 0

    def counts(self) -> dict[str, int]:
        """How many findings there are of each outcome."""
        return dict(Counter(finding.outcome for finding in self.findings))


def names_in(texts: Iterable[str]) -> set[Name]:
    """Every order that these texts speak of; a credit note is not the invoice it takes back."""
    found: set[Name] = set()
    for text in texts:
        for match in _NAMED.finditer(text):
            found.add(("credit" if match["credit"] else "invoice", match["number"].casefold()))
    return found


def compare_export(
    expected: Iterable[Expected],
    entries: Iterable[ExportedEntry],
    *,
    known: Iterable[Expected] = (),
    period: tuple[date, date] = (date.min, date.max),
) -> Compared:
    """Compare; `known` was forwarded outside the period, so it is neither missing nor somebody else's.

    Concepts are not in an export, so missing may mean "not yet". `entries` may be a stream of any length: only those
    that name an order are kept.
    """
    compared, booked = Compared(), dict[Name, list[ExportedEntry]]()
    for entry in entries:
        compared.entries += 1
        names = names_in(entry.texts)
        compared.others += not names
        for name in names:
            booked.setdefault(name, []).append(entry)
    wanted = dict[Name, list[Expected]]()
    for one in expected:
        wanted.setdefault((one.kind, one.order.casefold()), []).append(one)
    elsewhere = {(one.kind, one.order.casefold()) for one in known}
    for name, documents in wanted.items():
        compared.findings += _of_one_name(documents, booked.get(name, []), also=name in elsewhere)
    for name in booked.keys() - wanted.keys() - elsewhere:
        compared.findings += _not_ours(name, booked[name], period)
    return compared


def _of_one_name(documents: Sequence[Expected], booked: Sequence[ExportedEntry], *, also: bool) -> Iterator[Finding]:
    """Pair what is equal first, so that of two invoices of one order the right one is found to differ."""
    # A payment or a write-off of the invoice names the order too, and goes the other way.
    left, unpaired = [entry for entry in booked if _same_way(entry, documents[0])], list[Expected]()
    for document in documents:
        same = next((entry for entry in left if entry.gross == document.gross), None)
        if same is None:
            unpaired.append(document)
            continue
        left.remove(same)
        yield from _finding(document, "equal", [same])
    for document in unpaired:
        entry = left.pop(0) if left else None
        outcome: Outcome = "missing" if entry is None else "unknown_amount" if entry.gross is None else "differs"
        yield from _finding(document, outcome, [entry] if entry else [])
    # What is left over was booked more often than it was sent, unless it is of another period.
    here = next((document for document in documents if document.here), None)
    if left and here and not also:
        all_here = [entry for entry in booked if _same_way(entry, here)]
        numbers = tuple(entry.number or "?" for entry in all_here)
        theirs = sum((entry.gross or ZERO for entry in all_here), ZERO)
        ours = sum((document.gross for document in documents), ZERO)
        yield Finding(outcome="doubled", kind=here.kind, order=here.order, ours=ours, theirs=theirs, numbers=numbers)


def _same_way(entry: ExportedEntry, document: Expected) -> bool:
    return entry.gross is None or entry.gross * document.gross >= 0


def _finding(document: Expected, outcome: Outcome, booked: Sequence[ExportedEntry]) -> Iterator[Finding]:
    if not document.here:
        return
    yield Finding(
        outcome=outcome,
        kind=document.kind,
        order=document.order,
        ours=document.gross,
        theirs=booked[0].gross if booked else None,
        numbers=tuple(entry.number or "?" for entry in booked),
        booked_on=booked[0].booked_on if booked else None,
    )


def _not_ours(name: Name, booked: Sequence[ExportedEntry], period: tuple[date, date]) -> Iterator[Finding]:
    kind, order = name
    for entry in booked:
        if entry.booked_on is None or period[0] <= entry.booked_on <= period[1]:
            yield Finding(
                outcome="not_ours",
                kind=kind,
                order=order,
                theirs=entry.gross,
                numbers=(entry.number or "?",),
                booked_on=entry.booked_on,
            )


def problem_of(finding: Finding) -> Problem | None:
    """What is wrong, for the order it is about; None when nothing is, or when it may just not be booked yet."""
    order, ours, theirs = finding.order, finding.ours or ZERO, finding.theirs or ZERO
    if finding.outcome == "doubled":
        return Problem.of("BOOKED_TWICE", order=order, ids=", ".join(finding.numbers))
    if finding.outcome == "missing":
        return Problem.of("NOT_IN_EXPORT", order=order)
    if finding.outcome != "differs":
        return None
    code = "BOOKED_CENTS_DIFFER" if abs(ours - theirs) <= NOTED_CENTS else "BOOKED_AMOUNT_DIFFERS"
    return Problem.of(code, order=order, what="total including VAT", ours=f"{ours:.2f}", theirs=f"{theirs:.2f}")
