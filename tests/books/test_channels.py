"""Whatever the channel: equal totals and equal VAT per rate, or a hold with a code. The table in docs/channels.md says
which treatment each channel can carry, and is what the code does."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache, partial
from pathlib import Path

import pytest

from kloppend.books.asperion.rest.payload import undeclared
from kloppend.domain.document import make_document
from kloppend.domain.invoice import Document, Invoice, InvoiceLine, Treatment, VatCategory, VatTotal, Why
from kloppend.domain.invoicing import InvoiceSettings, make_invoice
from kloppend.domain.problems import Problem, Refused
from kloppend.shops.opencart.simulator import RECORDINGS
from tests.shops.contract import confirmed
from tests.shops.rig import opencart_rig

from .channels import Totals, axml, axml_totals, rest, rest_totals, totals_of, ubl_totals
from .documents import INVOICED, credit_of, document
from .test_ubl import opened

PAGE = Path(__file__).parents[2] / "docs" / "channels.md"
Held = Callable[[Document], Problem | None]
Read = Callable[[Document], Totals]


def _rest_held(each: Document) -> Problem | None:
    return next(undeclared(rest(), each), None)


CHANNELS: Mapping[str, tuple[Held, Read]] = {
    "aXML": (axml().cannot_carry, partial(axml_totals, axml())),
    "aXML, 0% = ICP": (axml("icp").cannot_carry, partial(axml_totals, axml("icp"))),
    "aXML, 0% = export": (axml("export").cannot_carry, partial(axml_totals, axml("export"))),
    "aXML, 0% = exempt": (axml("exempt").cannot_carry, partial(axml_totals, axml("exempt"))),
    "aXML, 0% = KOR": (axml("kor").cannot_carry, partial(axml_totals, axml("kor"))),
    "REST": (_rest_held, partial(rest_totals, rest())),
    "UBL": (opened().cannot_carry, ubl_totals),
}


def made(
    treatment: Treatment, category: VatCategory, rate: str, country: str = "NL", line_treatment: Treatment | None = None
) -> Document:
    """One line of 100 euro of this treatment, category and rate."""
    net, percentage = Decimal("100.00"), Decimal(rate)
    vat = net * percentage / 100
    plain = document("V01")
    line = InvoiceLine(
        kind="product", description="Mok", quantity=1, unit_price=net, vat_category=category, vat_rate=percentage,
        net=net, vat=vat, treatment=line_treatment or treatment, why=Why(rule="made"),
    )  # fmt: skip
    total = VatTotal(category=category, rate=percentage, base=net, vat=vat, vat_recalculated=vat)
    invoice = Invoice(
        currency="EUR", treatment=treatment, lines=(line,), vat_summary=(total,), rounding=Decimal("0.00"),
        payments=(), total_ex_vat=net, total_vat=vat, total_inc_vat=net + vat, amount_due=net + vat,
    )  # fmt: skip
    address = replace(plain.debtor.address, country=country)
    vat_number = "BE0999999922" if category in ("K", "AE") else None
    return replace(plain, debtor=replace(plain.debtor, address=address, vat_number=vat_number), invoice=invoice)


ROWS: Mapping[str, Document] = {
    "domestic, 21% and 9%": document("V02"),
    "EU consumer, Dutch VAT (below the threshold)": document("V26"),
    "OSS, the customer's country's VAT": made("oss", "S", "21", "BE"),
    "ICP, supply to an EU business (K)": made("icp", "K", "0", "BE"),
    "export, no VAT (G)": made("export", "G", "0", "CH"),
    "export, VAT charged all the same": made("export", "S", "21", "CH"),
    "KOR, small business (E)": made("kor", "E", "0"),
    "exempt goods, by mapping (E)": made("exempt", "E", "0"),
    "margin goods, by mapping (E)": made("margin", "E", "0"),
    "zero rate (Z)": made("domestic", "Z", "0"),
    "reverse charge within the country (AE)": made("domestic", "AE", "0"),
    "gift voucher sold (O)": document("V21"),
    "paid in part by voucher or credit": document("V06"),
    "with a rounding amount": document("V19"),
    "credit note": credit_of(document("V02")),
}


@cache
def recorded() -> tuple[Document, ...]:
    """Every order of the recorded stores that becomes an invoice."""
    found = []
    for path in RECORDINGS:
        with opencart_rig(path) as rig:
            for order in confirmed(rig.shop.changed_orders("", None)):
                try:
                    invoice = make_invoice(order, InvoiceSettings())
                    codes = {order.payment_code: "IDEAL"} if order.payment_code else {}
                    found.append(make_document(order, invoice, order.placed_at.date(), codes))
                except Refused:
                    continue
    return tuple(found)


def agree(held: Held, read: Read, each: Document) -> bool:
    """Whether the channel carries it, and then says the same."""
    problem = held(each)
    if problem:
        assert problem.entry.kind in ("hold", "refusal")
        return False
    assert read(each) == totals_of(each), each.order_number
    return True


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("case_id", INVOICED)
def test_worked_cases_have_equal_totals_or_are_held(channel: str, case_id: str) -> None:
    agree(*CHANNELS[channel], document(case_id))


@pytest.mark.parametrize("channel", CHANNELS)
def test_recorded_orders_have_equal_totals_or_are_held(channel: str) -> None:
    carried = [agree(*CHANNELS[channel], each) for each in recorded()]
    assert len(carried) >= 30
    assert sum(carried) >= 20


@pytest.mark.parametrize("row", ROWS)
def test_every_treatment_has_equal_totals_or_is_held(row: str) -> None:
    for held, read in CHANNELS.values():
        agree(held, read, ROWS[row])


def table() -> str:
    lines = [f"| | {' | '.join(CHANNELS)} |", f"|---|{'---|' * len(CHANNELS)}"]
    for row, each in ROWS.items():
        problems = [held(each) for held, _ in CHANNELS.values()]
        cells = [f"`{problem.code}`" if problem else "yes" for problem in problems]
        lines.append(f"| {row} | {' | '.join(cells)} |")
    return "\n".join(lines)


def test_the_table_in_the_documents_is_what_the_code_does() -> None:
    assert table() in PAGE.read_text(encoding="utf-8"), table()


def test_foreign_vat_never_becomes_ours_and_zero_never_means_two_things() -> None:
    for held, _ in list(CHANNELS.values())[:5]:
        assert held(made("oss", "S", "21", "BE"))
        zero = [
            made("icp", "K", "0", "BE"),
            made("export", "G", "0", "CH"),
            made("kor", "E", "0"),
            made("exempt", "E", "0"),
            made("margin", "E", "0"),
        ]
        assert sum(held(each) is None for each in zero) <= 1


@pytest.mark.parametrize(("treatment", "carried"), [("exempt", True), ("margin", False), ("kor", False)])
def test_goods_without_vat_next_to_taxed_ones_count_by_their_own_treatment(treatment: Treatment, carried: bool) -> None:
    """What the file says of an invoice with both: class 0 is exempt here, and margin goods are not that."""
    taxed, free = document("V01").invoice, made("domestic", "E", "0", line_treatment=treatment).invoice
    invoice = replace(
        taxed,
        lines=taxed.lines + free.lines,
        vat_summary=taxed.vat_summary + free.vat_summary,
        total_ex_vat=taxed.total_ex_vat + free.total_ex_vat,
        total_inc_vat=taxed.total_inc_vat + free.total_inc_vat,
        amount_due=taxed.amount_due + free.amount_due,
    )
    assert agree(*CHANNELS["aXML, 0% = exempt"], document("V01", invoice=invoice)) is carried
