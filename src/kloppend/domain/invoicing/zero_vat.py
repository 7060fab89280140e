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
    reasons: set[ZeroVatReason | None] = set()
    for product in rated.products:
        reason = settings.zero_vat_classes.get(product.line.tax_class or "")
        if product.rate > 0 and product.fitting and reason:
            raise Refused(Problem.of("EXEMPT_BUT_VAT_CHARGED", **_named(product)))
        if product.rate > 0 or not product.fitting:
            continue  # with VAT, or free: nothing to explain
        if reason is None and unexplained is not None:
            raise Refused(Problem.of(unexplained, **_named(product)))
        reasons.add(reason)
    if len(reasons) > 1:
        raise Refused(Problem.of("ZERO_VAT_MIXED"))
    return reasons.pop() if reasons else None


def _named(product: RatedProduct) -> dict[str, str]:
    return {
        "order_product_id": product.line.line_id,
        "product": product_label(product.line),
        "tax_class": product.line.tax_class or "",
    }
