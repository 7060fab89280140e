"""Delivered by file, so nothing came back: compare with an export of the books that the merchant uploads."""

import re
from collections.abc import Iterator, Sequence

from kloppend.domain.booked import ExportedEntry
from kloppend.domain.invoice import Document
from kloppend.domain.money import ZERO
from kloppend.domain.problems import Problem
from kloppend.domain.reconcile import NOTED_CENTS


def compare_export(documents: Sequence[Document], entries: Sequence[ExportedEntry]) -> tuple[Problem, ...]:
    """What is missing, there twice, or of another amount. Concepts are not in an export: missing may mean "not yet"."""
    return tuple(problem for document in documents for problem in _compare(document, entries))


def _compare(document: Document, entries: Sequence[ExportedEntry]) -> Iterator[Problem]:
    order = document.order_number
    # As a word of its own: order 104 is not in "Bestelling 1042".
    known_by = re.compile(rf"(?<![\w-]){re.escape(document.description)}(?![\w-])", re.IGNORECASE)
    found = [entry for entry in entries if any(known_by.search(text) for text in entry.texts)]
    if not found:
        yield Problem.of("NOT_IN_EXPORT", order=order)
    elif len(found) > 1:
        yield Problem.of("BOOKED_TWICE", order=order, ids=", ".join(entry.number or "?" for entry in found))
    elif found[0].gross is not None:
        ours, theirs = document.invoice.total_inc_vat, found[0].gross
        if difference := abs(ours - theirs):
            code = "BOOKED_CENTS_DIFFER" if ZERO < difference <= NOTED_CENTS else "BOOKED_AMOUNT_DIFFERS"
            yield Problem.of(code, order=order, what="total including VAT", ours=f"{ours:.2f}", theirs=f"{theirs:.2f}")
