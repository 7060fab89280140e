"""The percentage that a tax class of the shop stands for in one order: classes have rates of many countries."""

from dataclasses import dataclass
from decimal import Decimal

from kloppend.domain.invoicing.product_rates import ProductRates
from kloppend.domain.invoicing.tax_rows import TaxRows, percentage
from kloppend.domain.order import TaxRate

_NO_CLASS = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassRates:
    """What an order tells of classes: its tax rows, the shop's list of rates with their classes, its products."""

    rated: ProductRates
    taxes: TaxRows
    tax_rates: tuple[TaxRate, ...]

    def rate(self, tax_class: str | None) -> Decimal | None:
        """The one percentage of this class in this order; no class is no VAT; None when it cannot be told."""
        if tax_class is None or tax_class == _NO_CLASS:
            return None if tax_class is None else Decimal(0)
        percentages = [rate for rate in self.tax_rates if rate.kind == "P"]
        own = {percentage(rate.rate) for rate in percentages if tax_class in (rate.tax_classes or ())}
        charged = set(self.taxes.charged)
        if own and len(own & charged) == 1:
            return (own & charged).pop()
        # A discount may have taken away all VAT at its rate. Else the order contradicts it, unless rates changed since.
        if len(own) == 1 and charged and not own & charged and charged <= {percentage(r.rate) for r in percentages}:
            return own.pop()
        return self._rate_of_products(tax_class)

    def _rate_of_products(self, tax_class: str) -> Decimal | None:
        rates = {each.rate for each in self.rated.products if each.fitting and each.line.tax_class == tax_class}
        return rates.pop() if len(rates) == 1 else None
