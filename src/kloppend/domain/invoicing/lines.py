"""S9 Lines: shares out the cents of each rate over its lines, so that they add up and each can say why."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from kloppend.domain.invoice import InvoiceLine, Why
from kloppend.domain.invoicing.cents import Cents, RateCents
from kloppend.domain.invoicing.drafts import Draft
from kloppend.domain.invoicing.structure import four_decimals
from kloppend.domain.invoicing.tax_rows import TaxRows
from kloppend.domain.money import ZERO, apportion, round2


def make_lines(drafts: tuple[Draft, ...], cents: Cents, taxes: TaxRows) -> tuple[InvoiceLine, ...]:
    """Net and VAT of every line in cents (bookkeeping 5.4 S9), in the order of the drafts."""
    lines: dict[int, InvoiceLine] = {}
    for key in {(draft.category, draft.rate) for draft in drafts}:
        group = {at: draft for at, draft in enumerate(drafts) if (draft.category, draft.rate) == key}
        rate = key[1]
        whole = (
            cents.rates[rate] if key[0] != "O" else RateCents(base=cents.vouchers, vat=round2(ZERO), recalculated=ZERO)
        )
        nets = _share(whole.base, group, lambda draft: draft.net)
        vats = _share(whole.vat, group, lambda draft: draft.net * Fraction(draft.rate) / 100)
        for at, draft in group.items():
            lines[at] = _line(draft, nets[at], vats[at], whole, taxes)
    return tuple(lines[at] for at in sorted(lines))


def _share(total: Decimal, group: Mapping[int, Draft], weight: Callable[[Draft], Fraction]) -> dict[int, Decimal]:
    """Apportion over the group; of equal remainders the larger net amount first, then line order."""
    positions = sorted(group, key=lambda at: (-abs(group[at].net), at))
    return dict(zip(positions, apportion(total, [weight(group[at]) for at in positions]), strict=True))


def _line(draft: Draft, net: Decimal, vat: Decimal, whole: RateCents, taxes: TaxRows) -> InvoiceLine:
    in_cents = {
        "exact": four_decimals(draft.net),
        "net": str(net),
        "rate": str(draft.rate),
        "base": str(whole.base),
        "vat": str(whole.vat),
    }
    tax_sources = () if draft.category == "O" else tuple(f"tax {title}" for title in taxes.titles.get(draft.rate, ()))
    return InvoiceLine(
        kind=draft.kind,
        description=draft.description,
        quantity=draft.quantity,
        unit_price=net if draft.unit_price is None else draft.unit_price,
        treatment=draft.treatment,
        vat_category=draft.category,
        vat_rate=draft.rate,
        net=net,
        vat=vat,
        why=Why(rule=draft.rule, inputs={**draft.inputs, **in_cents}, sources=(draft.source, *tax_sources)),
    )
