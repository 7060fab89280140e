"""S4 Rate per product: the shop stores no rate with a product, only the VAT per piece, from which it is recognised."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from kloppend.domain.invoicing.structure import Structure, product_label
from kloppend.domain.invoicing.tax_rows import TaxRows, percentage
from kloppend.domain.order import ProductLine, TaxRate
from kloppend.domain.problems import Problem, Refused

_FITS_WITHIN = Fraction(1, 10_000)
ZERO_RATE = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedProduct:
    """A product with its percentage, and the percentages that fitted its VAT per piece (none for a free product)."""

    line: ProductLine
    rate: Decimal
    fitting: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRates:
    """All products as stored; `goods` is P(r): the sum of product totals per percentage; `charged` if any bears VAT."""

    products: tuple[RatedProduct, ...]
    goods: Mapping[Decimal, Decimal]
    candidates: tuple[Decimal, ...]

    def with_free_products_at(self, rate: Decimal) -> "ProductRates":
        """The same, with every free product at this rate."""
        products = tuple(each if each.fitting else replace(each, rate=rate) for each in self.products)
        return ProductRates(products=products, goods=_goods(products), candidates=self.candidates)

    @property
    def charged(self) -> bool:
        """Whether the shop charged VAT on any product; a free product shows nothing of the kind."""
        return any(product.rate > 0 and product.fitting for product in self.products)


def find_product_rates(structure: Structure, taxes: TaxRows, tax_rates: tuple[TaxRate, ...]) -> ProductRates:
    """Recognise each product's percentage (bookkeeping 5.4 S4)."""
    listed = {percentage(rate.rate) for rate in tax_rates if rate.kind == "P"}
    candidates = tuple(sorted(listed | set(taxes.charged) | {ZERO_RATE}, reverse=True))
    priced = {
        position: _recognise(line, candidates, taxes) for position, line in enumerate(structure.products) if line.price
    }
    free_rate = _rate_of_free_products(tuple(priced.values()), candidates, taxes)
    products = tuple(
        priced.get(position) or RatedProduct(line=line, rate=free_rate, fitting=())
        for position, line in enumerate(structure.products)
    )
    return ProductRates(products=products, goods=_goods(products), candidates=candidates)


def _goods(products: tuple[RatedProduct, ...]) -> dict[Decimal, Decimal]:
    goods: dict[Decimal, Decimal] = {}
    for product in products:
        goods[product.rate] = goods.get(product.rate, Decimal(0)) + product.line.total
    return goods


def _recognise(line: ProductLine, candidates: tuple[Decimal, ...], taxes: TaxRows) -> RatedProduct:
    fitting = tuple(rate for rate in candidates if _fits(line, rate))
    chosen = fitting
    if len(fitting) > 1:
        chosen = tuple(rate for rate in fitting if rate in taxes.charged) or fitting
    if len(chosen) == 1:
        return RatedProduct(line=line, rate=chosen[0], fitting=fitting)
    detail = {"order_product_id": line.line_id, "product": product_label(line), "price": line.price, "tax": line.tax}
    if not chosen:
        raise Refused(Problem.of("UNEXPLAINED_TAX", **detail))
    raise Refused(Problem.of("RATE_AMBIGUOUS", rates=", ".join(f"{rate}%" for rate in chosen), **detail))


def _fits(line: ProductLine, rate: Decimal) -> bool:
    if rate == ZERO_RATE:
        return line.tax == 0
    return abs(Fraction(line.tax) - Fraction(line.price) * Fraction(rate) / 100) <= _FITS_WITHIN


def _rate_of_free_products(
    priced: tuple[RatedProduct, ...], candidates: tuple[Decimal, ...], taxes: TaxRows
) -> Decimal:
    """A free product follows the largest one. Nothing is at stake: its amount is zero at every percentage.

    In a basket of free products only, what was charged on other rows decides, else the shop's highest percentage.
    """
    if priced:
        return max((product.line.total, product.rate) for product in priced)[1]
    return max(taxes.charged, default=candidates[0])
