"""The check afterwards: what was delivered against what the books show now. Nothing is ever corrected here."""

from collections.abc import Iterator, Mapping
from decimal import Decimal

from kloppend.domain.booked import BookedDebtor, BookedInvoice
from kloppend.domain.invoice import Document
from kloppend.domain.money import ZERO
from kloppend.domain.problems import Problem

NOTED_CENTS = Decimal("0.02")
"""Up to here a difference is noted, as rounding; above it is reported."""


def compare(
    document: Document,
    booked: BookedInvoice | None,
    *,
    debtor_number: str,
    vat_codes: Mapping[str, tuple[Decimal, Decimal]] | None = None,
    individual: bool = True,
    reference: str = "",
) -> tuple[Problem, ...]:
    """Every difference; empty when all is equal. `booked` is None when the books do not have it any more.

    `vat_codes`: base and VAT that were sent per VAT code of the books, when known. `individual`: the debtor is this
    customer alone, so e-mail, country and VAT number must be the customer's. `reference`: the mark it was posted under.
    """
    order = document.order_number
    if booked is None:
        return (Problem.of("BOOKED_INVOICE_GONE", order=order),)
    problems = [*_amounts(document, booked), *_vat(order, booked, vat_codes or {}), *_facts(document, booked)]
    if reference and booked.reference != reference:
        problems.append(_other(order, "reference", reference, booked.reference))
    if booked.debtor_number != debtor_number:
        problems.append(_other(order, "debtor", debtor_number, booked.debtor_number))
    if individual and booked.debtor:
        problems += _customer(document, booked.debtor)
    return tuple(problems)


def _amounts(document: Document, booked: BookedInvoice) -> Iterator[Problem]:
    invoice = document.invoice
    # A rounding amount carries no VAT; books know no third sum, so there it is part of what is without VAT.
    pairs = {
        "total including VAT": (invoice.total_inc_vat, booked.gross),
        "total excluding VAT": (invoice.total_ex_vat + invoice.rounding, booked.net),
        "VAT": (invoice.total_vat, booked.vat),
    }
    for what, (ours, theirs) in pairs.items():
        yield from _amount(document.order_number, what, ours, theirs)


def _amount(order: str, what: str, ours: Decimal, theirs: Decimal | None) -> Iterator[Problem]:
    if theirs is None or ours == theirs:
        return
    code = "BOOKED_CENTS_DIFFER" if abs(ours - theirs) <= NOTED_CENTS else "BOOKED_AMOUNT_DIFFERS"
    detail = {"order": order, "what": what, "ours": f"{ours:.2f}", "theirs": f"{theirs:.2f}"}
    yield Problem.of(code, **detail)


def _vat(order: str, booked: BookedInvoice, sent: Mapping[str, tuple[Decimal, Decimal]]) -> Iterator[Problem]:
    if not (sent and booked.vat_by_code):
        return
    theirs = {row.vat_code: (row.base, row.vat) for row in booked.vat_by_code}
    for code in sorted(sent.keys() | theirs.keys()):
        ours_here, theirs_here = sent.get(code, (ZERO, ZERO)), theirs.get(code, (ZERO, ZERO))
        for what, mine, other in zip(("base", "VAT"), ours_here, theirs_here, strict=True):
            yield from _amount(order, f"{what} of VAT code {code}", mine, other)


def _facts(document: Document, booked: BookedInvoice) -> Iterator[Problem]:
    if booked.invoice_date is not None and booked.invoice_date != document.invoice_date:
        yield _other(document.order_number, "date", str(document.invoice_date), str(booked.invoice_date))


def _other(order: str, what: str, ours: str, theirs: str) -> Problem:
    return Problem.of("BOOKED_FACT_DIFFERS", order=order, what=what, ours=ours or "-", theirs=theirs or "-")


def _customer(document: Document, debtor: BookedDebtor) -> Iterator[Problem]:
    """Personal data is compared here and not repeated in the problem: that a field differs is enough to look."""
    ours = document.debtor
    pairs = {
        "e-mail": (ours.email.strip().casefold(), debtor.email.strip().casefold()),
        "country": (ours.address.country.upper(), debtor.country.upper()),
        "VAT number": (_plain(ours.vat_number or ""), _plain(debtor.vat_number)),
        "name": (" ".join(ours.name.casefold().split()), " ".join(debtor.name.casefold().split())),
    }
    different = [what for what, (mine, theirs) in pairs.items() if mine != theirs]
    if different:
        what = ", ".join(different)
        yield Problem.of("BOOKED_CUSTOMER_DIFFERS", order=document.order_number, debtor=debtor.number, what=what)


def _plain(vat_number: str) -> str:
    return "".join(letter for letter in vat_number.upper() if letter.isalnum())
