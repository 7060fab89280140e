"""Lines before rounding: what each line is, at which rate, and on which rows of the shop it rests."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from kloppend.domain.invoice import LineKind, Treatment, VatCategory
from kloppend.domain.invoicing.allocation import Allocation
from kloppend.domain.invoicing.placements import Placement
from kloppend.domain.invoicing.product_rates import ProductRates, RatedProduct
from kloppend.domain.invoicing.structure import Structure, four_decimals
from kloppend.domain.invoicing.treatment import Treated
from kloppend.domain.order import TotalRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A line with its exact net amount; without `unit_price` that of the line is its rounded net."""

    kind: LineKind
    description: str
    quantity: int = 1
    unit_price: Decimal | None = None
    treatment: Treatment
    category: VatCategory
    rate: Decimal
    net: Fraction
    rule: str
    inputs: Mapping[str, str]
    source: str


def draft_lines(
    structure: Structure, rated: ProductRates, treated: Treated, allocation: Allocation
) -> tuple[Draft, ...]:
    """Products as stored, vouchers sold, then charges and discounts; a row over several rates highest rate first."""
    drafts = [_product(product, rated, treated) for product in rated.products]
    for voucher in structure.vouchers_sold:
        drafts.append(
            Draft(
                kind="voucher_sale",
                description=voucher.description,
                unit_price=voucher.amount,
                treatment=treated.treatment,
                category="O",
                rate=Decimal(0),
                net=Fraction(voucher.amount),
                rule="voucher_sold",
                inputs={},
                source=f"voucher_sold {voucher.amount}",
            )
        )
    discounts = {id(row) for row in structure.discounts}
    for row, placement in allocation.placed:
        drafts += _adjustment(row, placement, rated, treated, allocation, is_discount=id(row) in discounts)
    return tuple(drafts)


def _product(product: RatedProduct, rated: ProductRates, treated: Treated) -> Draft:
    line = product.line
    inputs = {
        **_treatment(treated, product.rate),
        "price": str(line.price),
        "tax": str(line.tax),
        "candidates": _percentages(rated.candidates),
        "fitting": _percentages(product.fitting),
    }
    return Draft(
        kind="product",
        description=line.description,
        quantity=line.quantity,
        unit_price=line.price,
        treatment=treated.treatment_at(product.rate),
        category=treated.category(product.rate),
        rate=product.rate,
        net=Fraction(line.total),
        rule="rate_of_product" if product.fitting else "rate_of_free_product",
        inputs=inputs,
        source=f"product {line.line_id}: {line.quantity} x {line.price} = {line.total}",
    )


def _adjustment(
    row: TotalRow,
    placement: Placement,
    rated: ProductRates,
    treated: Treated,
    allocation: Allocation,
    *,
    is_discount: bool,
) -> Iterator[Draft]:
    kind: LineKind = "discount" if is_discount else "shipping" if row.code == "shipping" else "fee"
    goods = ", ".join(f"{rate}%: {total}" for rate, total in sorted(rated.goods.items(), reverse=True))
    rule = allocation.rules.charges.get(id(row))
    known = rule is not None and rule.rate > 0
    inputs = {"goods": goods, "deviation": four_decimals(allocation.deviation), "tried": str(allocation.tried)}
    for rate, net in sorted(placement.shares.items(), reverse=True):
        yield Draft(
            kind=kind,
            description=row.title,
            treatment=treated.treatment_at(rate),
            category=treated.category(rate),
            rate=rate,
            net=net,
            rule="by_tax_class" if known else placement.rule,
            inputs={**_treatment(treated, rate), **inputs},
            source=f"{row.code} {row.value}",
        )


def _treatment(treated: Treated, rate: Decimal) -> dict[str, str]:
    return {"treatment": treated.treatment_at(rate), **treated.facts}


def _percentages(rates: tuple[Decimal, ...]) -> str:
    return ", ".join(f"{rate}%" for rate in rates)
