"""Why a product bears no VAT although others may: a zero always has a reason, or the order is refused (S5)."""

from kloppend.domain.invoicing.product_rates import ProductRates, RatedProduct
from kloppend.domain.invoicing.settings import InvoiceSettings, ZeroVatReason
from kloppend.domain.invoicing.structure import product_label
from kloppend.domain.problems import Problem, Refused


def reason_for_zero(rated: ProductRates, settings: InvoiceSettings, unexplained: str | None) -> ZeroVatReason | None:
    """The one reason that the merchant gave for all products without VAT; None when there are none.

    `unexplained` is the code for a product without a reason; None where having none is the ordinary case, and then
    the answer is None for an order in which no product has one. Refuses ZERO_VAT_MIXED when reasons differ, and
    EXEMPT_BUT_VAT_CHARGED for a product that bears VAT although its tax class should not.
    """
    reasons: dict[str, ZeroVatReason | None] = {}
    for product in rated.products:
        tax_class = product.line.tax_class or ""
        reason = settings.zero_vat_classes.get(tax_class)
        if product.rate > 0 and product.fitting and reason:
            raise Refused(Problem.of("EXEMPT_BUT_VAT_CHARGED", **_named(product)))
        if product.rate > 0 or not product.fitting:
            continue  # with VAT, or free: nothing to explain
        if reason is None and unexplained is not None:
            raise Refused(Problem.of(unexplained, **_named(product)))
        reasons[tax_class] = reason
    if len(set(reasons.values())) > 1:
        raise Refused(Problem.of("ZERO_VAT_MIXED", tax_classes=", ".join(filter(None, sorted(reasons)))))
    return next(iter(reasons.values()), None)


def _named(product: RatedProduct) -> dict[str, str]:
    """The product, and its tax class, by which the merchant gives the reason; empty when the shop cannot say."""
    line = product.line
    return {"order_product_id": line.line_id, "product": product_label(line), "tax_class": line.tax_class or ""}
