"""Credits mirror, never exceed, and together equal their invoice to the cent, however they are cut up."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kloppend.domain.crediting import CreditNote, Taken, Wanted, credit_all, credit_part, left_of
from kloppend.domain.invoice import Invoice, InvoiceLine
from kloppend.domain.invoicing import InvoiceSettings, make_invoice
from kloppend.domain.money import ZERO
from kloppend.domain.problems import Refused
from tests.books.documents import INVOICED, credit_of, document, invoice_of
from tests.domain.carts import Cart, Checkout, carts

D = Decimal


def after(before: dict[int, Taken], note: CreditNote) -> dict[int, Taken]:
    """What is credited so far, added up by hand."""
    found = dict(before)
    for each in note.lines:
        taken = found.get(each.position, Taken())
        found[each.position] = Taken(
            pieces=taken.pieces + each.pieces, net=taken.net - each.line.net, vat=taken.vat - each.line.vat
        )
    return found


def refusal(invoice: Invoice, before: dict[int, Taken], *wanted: Wanted) -> str:
    with pytest.raises(Refused) as refused:
        credit_part(invoice, before, wanted)
    return refused.value.problem.code


def adds_up(note: Invoice) -> bool:
    """G3 for a credit note."""
    per_rate = all(
        (total.base, total.vat)
        == tuple(
            sum((getattr(line, name) for line in note.lines if _key(line) == (total.category, total.rate)), ZERO)
            for name in ("net", "vat")
        )
        for total in note.vat_summary
    )
    net, vat = sum((line.net for line in note.lines), ZERO), sum((line.vat for line in note.lines), ZERO)
    whole = note.total_ex_vat + note.total_vat + note.rounding
    return per_rate and (net, vat) == (note.total_ex_vat, note.total_vat) and note.total_inc_vat == whole


def _key(line: InvoiceLine) -> tuple[object, object]:
    return line.vat_category, line.vat_rate


@pytest.mark.parametrize("case", INVOICED)
def test_a_full_credit_is_the_exact_mirror(case: str) -> None:
    invoice = invoice_of(case)
    note = credit_all(invoice, {})
    wanted = credit_of(document(case)).invoice
    without_why = tuple(replace(line, why=was.why) for line, was in zip(note.invoice.lines, wanted.lines, strict=True))
    assert replace(note.invoice, lines=without_why, warnings=wanted.warnings) == wanted
    assert note.complete
    assert note.invoice.payments == ()
    assert adds_up(note.invoice)


def test_what_is_credited_in_full_cannot_be_credited_again() -> None:
    invoice = invoice_of("V02")
    before = after({}, credit_all(invoice, {}))
    with pytest.raises(Refused) as refused:
        credit_all(invoice, before)
    assert refused.value.problem.code == "CREDIT_NOTHING_LEFT"
    assert refusal(invoice, before, Wanted(position=1, pieces=1)) == "CREDIT_TOO_MUCH"


def three_for_ten() -> Invoice:
    """Three pieces for 10.00 and 2.10, with shipping of 4.95 at the same rate."""
    invoice = invoice_of("V01")
    line = replace(invoice.lines[0], kind="product", quantity=3, net=D("10.00"), vat=D("2.10"), vat_rate=D(21))
    shipping = replace(line, kind="shipping", quantity=1, net=D("4.09"), vat=D("0.86"), unit_price=D("4.09"))
    return _of(invoice, line, shipping)


def _of(invoice: Invoice, *lines: InvoiceLine) -> Invoice:
    net, vat = (sum((getattr(line, name) for line in lines), ZERO) for name in ("net", "vat"))
    summary = (replace(invoice.vat_summary[0], category="S", rate=D(21), base=net, vat=vat, vat_recalculated=vat),)
    return replace(
        invoice, lines=lines, vat_summary=summary, total_ex_vat=net, total_vat=vat,
        total_inc_vat=net + vat, amount_due=net + vat, rounding=D("0.00"), payments=(),
    )  # fmt: skip


def test_pieces_follow_the_cumulative_rule_and_the_last_takes_the_rest() -> None:
    invoice, before, nets = three_for_ten(), dict[int, Taken](), []
    for _ in range(3):
        note = credit_part(invoice, before, [Wanted(position=1, pieces=1)])
        before = after(before, note)
        nets.append((note.invoice.lines[0].net, note.invoice.lines[0].vat, note.invoice.lines[0].quantity))
    assert nets == [(D("-3.33"), D("-0.70"), -1), (D("-3.34"), D("-0.70"), -1), (D("-3.33"), D("-0.70"), -1)]
    assert not note.complete  # the shipping is the user's choice
    assert credit_part(invoice, before, [Wanted(position=2, pieces=1)]).complete


def test_an_amount_is_split_into_net_and_vat() -> None:
    note = credit_part(three_for_ten(), {}, [Wanted(position=1, gross=D("5.00"))])
    (line,) = note.invoice.lines
    assert (line.quantity, line.unit_price, line.net, line.vat) == (-1, D("4.13"), D("-4.13"), D("-0.87"))
    assert note.lines[0].pieces == 0


def test_discounts_go_back_in_the_ratio_of_the_goods() -> None:
    plain = three_for_ten()
    goods, shipping = plain.lines
    discount = replace(goods, kind="discount", quantity=1, net=D("-1.00"), vat=D("-0.21"), unit_price=D("-1.00"))
    invoice = _of(plain, goods, discount, shipping)
    note = credit_part(invoice, {}, [Wanted(position=1, pieces=1)])
    assert [(line.net, line.vat) for line in note.invoice.lines] == [(D("-3.33"), D("-0.70")), (D("0.33"), D("0.07"))]
    before = after({}, note)
    rest = credit_part(invoice, before, [Wanted(position=1, pieces=2)])
    assert [line.net for line in rest.invoice.lines] == [D("-6.67"), D("0.67")]
    assert refusal(invoice, {}, Wanted(position=2, pieces=1)) == "CREDIT_LINE_UNKNOWN"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        ([], "CREDIT_NOTHING_WANTED"),
        ([Wanted(position=1)], "CREDIT_NOTHING_WANTED"),
        ([Wanted(position=1, pieces=1, gross=D("1.00"))], "CREDIT_NOTHING_WANTED"),
        ([Wanted(position=1, pieces=-1)], "CREDIT_NOTHING_WANTED"),
        ([Wanted(position=1, gross=D("-1.00"))], "CREDIT_NOTHING_WANTED"),
        ([Wanted(position=1, gross=D("1.005"))], "CREDIT_NOTHING_WANTED"),
        ([Wanted(position=1, pieces=4)], "CREDIT_TOO_MUCH"),
        ([Wanted(position=1, gross=D("12.11"))], "CREDIT_TOO_MUCH"),
        ([Wanted(position=1, pieces=1), Wanted(position=1, pieces=1)], "CREDIT_LINE_UNKNOWN"),
        ([Wanted(position=0, pieces=1)], "CREDIT_LINE_UNKNOWN"),
        ([Wanted(position=3, pieces=1)], "CREDIT_LINE_UNKNOWN"),
    ],
)
def test_what_cannot_be_credited(wanted: list[Wanted], code: str) -> None:
    assert refusal(three_for_ten(), {}, *wanted) == code


def test_shipping_that_a_discount_made_free_is_not_paid_back_beyond_the_total() -> None:
    plain = three_for_ten()
    goods, shipping = plain.lines
    discount = replace(goods, kind="discount", quantity=1, net=D("-12.00"), vat=D("-2.52"))
    invoice = _of(plain, goods, discount, shipping)
    assert refusal(invoice, {}, Wanted(position=3, pieces=1)) == "CREDIT_TOO_MUCH"
    assert credit_all(invoice, {}).invoice.total_inc_vat == -invoice.total_inc_vat


def test_the_rounding_goes_back_once_also_when_an_earlier_part_is_withdrawn() -> None:
    invoice = replace(three_for_ten(), rounding=D("-0.02"), total_inc_vat=D("17.03"))
    first = credit_part(invoice, {}, [Wanted(position=1, pieces=1)])
    rest = credit_all(invoice, after({}, first))
    assert (first.invoice.rounding, rest.invoice.rounding) == (ZERO, D("0.02"))
    again = credit_all(invoice, after({}, rest), rounding_before=D("-0.02"))
    assert rest.invoice.total_inc_vat + again.invoice.total_inc_vat == -invoice.total_inc_vat
    assert again.invoice.rounding == ZERO


@given(carts(), st.data())
@settings(max_examples=60, deadline=None)
def test_any_partial_credits_together_are_the_invoice(cart: Cart, data: st.DataObject) -> None:
    invoice = make_invoice(Checkout(cart).run(), InvoiceSettings())
    before, notes = dict[int, Taken](), list[CreditNote]()
    for _ in range(data.draw(st.integers(0, 6))):
        wanted = _any_wanted(invoice, before, data)
        try:
            note = credit_part(invoice, before, wanted)
        except Refused:
            continue
        notes.append(note)
        before = after(before, note)
        assert adds_up(note.invoice)
        assert ZERO <= -sum((each.invoice.total_inc_vat for each in notes), ZERO) <= max(invoice.total_inc_vat, ZERO)
        if note.complete:
            break
    if not (notes and notes[-1].complete):
        notes.append(credit_all(invoice, before))
    _assert_together_the_invoice(invoice, notes)


def _any_wanted(invoice: Invoice, before: dict[int, Taken], data: st.DataObject) -> list[Wanted]:
    wanted = []
    for position, line in enumerate(invoice.lines, start=1):
        left = left_of(line, before.get(position, Taken()))
        if line.kind == "discount" or not data.draw(st.booleans()):
            continue
        cents = int((left.net + left.vat) * 100)
        if cents > 0 and data.draw(st.booleans()):
            wanted.append(Wanted(position=position, gross=D(data.draw(st.integers(1, cents))) / 100))
        elif left.pieces > 0:
            wanted.append(Wanted(position=position, pieces=data.draw(st.integers(1, left.pieces))))
    return wanted


def _assert_together_the_invoice(invoice: Invoice, notes: list[CreditNote]) -> None:
    for name in ("total_ex_vat", "total_vat", "rounding", "total_inc_vat"):
        assert sum((getattr(note.invoice, name) for note in notes), ZERO) == -getattr(invoice, name)
    for total in invoice.vat_summary:
        parts = [
            part
            for note in notes
            for part in note.invoice.vat_summary
            if (part.category, part.rate) == (total.category, total.rate)
        ]
        assert sum((part.base for part in parts), ZERO) == -total.base
        assert sum((part.vat for part in parts), ZERO) == -total.vat
    for position, line in enumerate(invoice.lines, start=1):
        own = [each for note in notes for each in note.lines if each.position == position]
        assert sum((each.line.net for each in own), ZERO) == -line.net
        assert sum((each.line.vat for each in own), ZERO) == -line.vat
        assert sum(each.pieces for each in own) <= line.quantity
