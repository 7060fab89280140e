"""From a shop's order to the invoice it means: the steps S1-S9 of bookkeeping 5.4, in order, on one screen."""

from datetime import date
from decimal import ROUND_HALF_UP, Context, localcontext

from kloppend.domain.invoice import IcpSupply, Invoice, VatTotal
from kloppend.domain.invoicing.allocation import allocate
from kloppend.domain.invoicing.cents import Cents, round_per_rate
from kloppend.domain.invoicing.class_rates import ClassRates
from kloppend.domain.invoicing.currency import EURO, check_currency
from kloppend.domain.invoicing.drafts import draft_lines
from kloppend.domain.invoicing.guarantees import check_guarantees
from kloppend.domain.invoicing.lines import make_lines
from kloppend.domain.invoicing.product_rates import find_product_rates
from kloppend.domain.invoicing.settings import InvoiceSettings
from kloppend.domain.invoicing.shop_rules import read_shop_rules
from kloppend.domain.invoicing.structure import read_structure
from kloppend.domain.invoicing.tax_rows import read_tax_rows
from kloppend.domain.invoicing.total import find_total
from kloppend.domain.invoicing.treatment import Treated, choose_treatment
from kloppend.domain.invoicing.vat_number import VatNumberVerdict
from kloppend.domain.money import ZERO, round2
from kloppend.domain.order import Order

_OWN_CONTEXT = Context(prec=60, rounding=ROUND_HALF_UP)
"""Wide enough for any sum of stored amounts, and independent of what the caller set."""


def make_invoice(
    order: Order,
    settings: InvoiceSettings,
    *,
    vat_number: VatNumberVerdict = "not_checked",
    invoice_date: date | None = None,
) -> Invoice:
    """Explain the order's total to the cent, or raise Refused with the one code that says why it cannot be.

    `vat_number` is what is known of the customer's VAT number; `invoice_date` the day of supply, without which it is
    the day of the order.
    """
    with localcontext(_OWN_CONTEXT):
        return _steps(order, settings, vat_number, invoice_date)


def _steps(order: Order, settings: InvoiceSettings, verdict: VatNumberVerdict, invoice_date: date | None) -> Invoice:
    warnings = check_currency(order, settings)  # S1
    structure = read_structure(order, settings)  # S2
    taxes = read_tax_rows(structure, order.tax_rates)  # S3
    rated = find_product_rates(structure, taxes, order.tax_rates)  # S4
    treated = choose_treatment(order, rated, taxes, settings, verdict=verdict, invoice_date=invoice_date)  # S5
    if treated.free_rate is not None:
        rated = rated.with_free_products_at(treated.free_rate)
    classes = ClassRates(rated=rated, taxes=taxes, tax_rates=order.tax_rates)
    rules = read_shop_rules(order, structure, rated, classes)
    allocation = allocate(structure, rated, taxes, rules, charges_bear_vat=treated.charges_bear_vat)  # S6
    total = find_total(order.total, structure, taxes, allocation, settings)  # S7
    cents = round_per_rate(structure, taxes, allocation, total)  # S8
    lines = make_lines(draft_lines(structure, rated, treated, allocation), cents, taxes)  # S9

    warnings += taxes.warnings + treated.warnings + allocation.warnings + total.warnings + cents.warnings
    summary = _vat_summary(treated, cents, sold_vouchers=bool(structure.vouchers_sold))
    invoice = Invoice(
        currency=EURO,
        treatment=treated.treatment,
        vat_country=treated.vat_country,
        lines=lines,
        vat_summary=summary,
        rounding=total.rounding,
        payments=total.payments,
        total_ex_vat=sum((each.base for each in summary), ZERO),
        total_vat=sum((each.vat for each in summary), ZERO),
        total_inc_vat=total.including_vat,
        amount_due=total.including_vat - sum((payment.amount for payment in total.payments), ZERO),
        icp=_icp(treated, summary),
        warnings=warnings,
    )
    check_guarantees(invoice, order.total, taxes.charged, settings)
    return invoice


def _icp(treated: Treated, summary: tuple[VatTotal, ...]) -> IcpSupply | None:
    if treated.treatment != "icp":
        return None
    supplied = sum((each.base for each in summary if each.category == treated.category(ZERO)), ZERO)
    return IcpSupply(vat_number=treated.vat_number, amount=supplied)


def _vat_summary(treated: Treated, cents: Cents, *, sold_vouchers: bool) -> tuple[VatTotal, ...]:
    totals = [
        VatTotal(
            category=treated.category(rate), rate=rate, base=each.base, vat=each.vat, vat_recalculated=each.recalculated
        )
        for rate, each in cents.rates.items()
    ]
    if sold_vouchers:
        nothing = round2(ZERO)
        totals.append(VatTotal(category="O", rate=ZERO, base=cents.vouchers, vat=nothing, vat_recalculated=nothing))
    return tuple(totals)
