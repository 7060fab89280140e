"""The last line of defence: an invoice that breaks a guarantee is refused, whatever made it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kloppend.domain.invoice import Invoice, Payment
from kloppend.domain.invoicing import InvoiceSettings, make_invoice
from kloppend.domain.invoicing.guarantees import check_guarantees
from kloppend.domain.money import ZERO
from kloppend.domain.problems import Problem, Refused
from tests.domain.orders import an_order

CENT = Decimal("0.01")
CHARGED = {Decimal(21): Decimal("9.5455")}


def good() -> Invoice:
    return make_invoice(an_order(), InvoiceSettings())


def check(invoice: Invoice, charged: Any = None) -> None:
    check_guarantees(invoice, Decimal("55.0001"), charged or CHARGED, InvoiceSettings())


def first_line_off(**changes: Any) -> Invoice:
    invoice = good()
    return replace(invoice, lines=(replace(invoice.lines[0], **changes), *invoice.lines[1:]))


def summary_off(**changes: Any) -> Invoice:
    return replace(good(), vat_summary=(replace(good().vat_summary[0], **changes),))


BROKEN: dict[str, tuple[str, Callable[[], Invoice]]] = {
    "due differs": ("G1", lambda: replace(good(), amount_due=Decimal("55.01"))),
    "vat differs": ("G2", lambda: summary_off(vat=Decimal("9.54"))),
    "line net": ("G3", lambda: first_line_off(net=Decimal("41.33"))),
    "line vat": ("G3", lambda: first_line_off(vat=Decimal("8.69"))),
    "total ex": ("G3", lambda: replace(good(), total_ex_vat=good().total_ex_vat + CENT)),
    "total inc": ("G3", lambda: replace(good(), total_inc_vat=good().total_inc_vat + CENT)),
    "payment": ("G3", lambda: replace(good(), payments=(Payment(code="voucher", amount=CENT),))),
    "rounding": ("G3", lambda: replace(good(), rounding=CENT)),
}


def test_a_good_invoice_passes() -> None:
    check(good())


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_guarantee_is_never_booked(name: str) -> None:
    guarantee, make = BROKEN[name]
    with pytest.raises(Refused) as refused:
        check(make())
    assert refused.value.problem.code == "ENGINE_GUARANTEE_BROKEN"
    assert refused.value.problem.detail["guarantee"] == guarantee


def test_vat_charged_at_a_rate_without_lines_is_noticed() -> None:
    with pytest.raises(Refused, match="ENGINE_GUARANTEE_BROKEN"):
        check(good(), {**CHARGED, Decimal(9): Decimal("0.0100")})


def test_the_tolerance_is_guaranteed() -> None:
    with pytest.raises(Refused) as refused:
        check_guarantees(good(), Decimal("55.0001"), CHARGED, InvoiceSettings(tolerance_cents=-1))
    assert refused.value.problem.detail["guarantee"] == "G4"


def test_the_vat_must_be_that_of_its_base() -> None:
    lines_at_nine = tuple(replace(line, vat_rate=Decimal(9)) for line in good().lines)
    at_nine = replace(summary_off(rate=Decimal(9)), lines=lines_at_nine)
    with pytest.raises(Refused) as refused:
        check(at_nine, {Decimal(9): Decimal("9.5455")})
    assert refused.value.problem.detail["guarantee"] == "G5"


def off_by(base: str, *codes: str) -> Invoice:
    """One line at 21% whose VAT is 0.00: off by 21% of this base, with these warnings."""
    amount = Decimal(base)
    line = replace(good().lines[0], net=amount, vat=ZERO)
    summary = replace(good().vat_summary[0], base=amount, vat=ZERO)
    return replace(
        good(),
        lines=(line,),
        vat_summary=(summary,),
        total_ex_vat=amount,
        total_vat=ZERO,
        total_inc_vat=amount,
        amount_due=amount,
        warnings=tuple(Problem.of(code, deviation="0.0400", rates="21%") for code in codes),
    )


def check_off_by(base: str, *codes: str) -> None:
    check_guarantees(off_by(base, *codes), Decimal(base), {}, InvoiceSettings())


def test_a_cent_off_is_too_much_and_less_is_not() -> None:
    check_off_by("0.04")
    with pytest.raises(Refused, match="ENGINE_GUARANTEE_BROKEN"):
        check_off_by("0.05", "VAT_RECALC_DIFFERS")


def test_vat_rounded_per_piece_may_be_five_cents_off_and_no_more() -> None:
    check_off_by("0.23", "TAX_ROUNDING", "ZERO_TOTAL")
    with pytest.raises(Refused, match="ENGINE_GUARANTEE_BROKEN"):
        check_off_by("0.24", "TAX_ROUNDING")


def test_a_zero_without_a_reason_is_never_booked() -> None:
    nothing = replace(
        off_by("0.04"),
        lines=(replace(off_by("0.04").lines[0], vat_rate=ZERO),),
        vat_summary=(replace(off_by("0.04").vat_summary[0], rate=ZERO),),
    )
    with pytest.raises(Refused) as refused:
        check_guarantees(nothing, Decimal("0.04"), {}, InvoiceSettings())
    assert refused.value.problem.detail["guarantee"] == "a reason for every zero"


def test_vat_below_a_cent_needs_no_line_of_its_rate() -> None:
    check(good(), {**CHARGED, Decimal(9): Decimal("0.0049")})
