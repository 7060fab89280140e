"""The last line of defence: an invoice that breaks a guarantee is refused, whatever made it."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from kloppend.domain.invoice import Invoice, Payment
from kloppend.domain.invoicing import InvoiceSettings, make_invoice
from kloppend.domain.invoicing.guarantees import check_guarantees
from kloppend.domain.problems import Refused
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
