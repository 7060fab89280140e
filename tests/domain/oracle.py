"""Counts an invoice over again in whole numbers, without a line of the engine: guarantees G1-G5 of bookkeeping."""

from decimal import Decimal
from fractions import Fraction

from kloppend.domain.invoice import Invoice
from kloppend.domain.order import Order


def cents(amount: Decimal) -> int:
    """Whole cents by integer arithmetic on the digits: half away from zero."""
    sign = -1 if amount < 0 else 1
    whole, _, decimals = f"{abs(amount):.10f}".partition(".")
    units = int(whole + decimals)
    return sign * ((units + 50_000_000) // 100_000_000)


def assert_guaranteed(order: Order, invoice: Invoice) -> None:
    """G1-G5, from the shop's own rows."""
    paid = sum(cents(payment.amount) for payment in invoice.payments)
    assert cents(invoice.amount_due) == cents(order.total)
    assert cents(invoice.total_inc_vat) == cents(order.total) + paid
    percentages = {rate.name: Fraction(rate.rate) for rate in order.tax_rates}
    charged = dict.fromkeys(percentages.values(), Fraction(0))
    for row in order.totals:
        if row.code == "tax":
            charged[percentages[row.title]] += Fraction(row.value)
    for rate, vat in charged.items():
        lines = [line for line in invoice.lines if Fraction(line.vat_rate) == rate]
        net = sum(cents(line.net) for line in lines)
        assert sum(cents(line.vat) for line in lines) == int(vat * 100 + Fraction(1, 2))
        assert abs(int(vat * 100 + Fraction(1, 2)) - Fraction(net) * rate / 100) < 1
        for total in invoice.vat_summary:
            if Fraction(total.rate) == rate:
                assert (cents(total.base), cents(total.vat)) == (net, int(vat * 100 + Fraction(1, 2)))
    everything = sum(cents(line.net) + cents(line.vat) for line in invoice.lines)
    assert everything + cents(invoice.rounding) == cents(invoice.total_inc_vat)
    assert cents(invoice.total_ex_vat) + cents(invoice.total_vat) == everything
    assert abs(cents(invoice.rounding)) <= 5
    assert all(line.vat_rate > 0 or line.vat_category != "S" for line in invoice.lines)
