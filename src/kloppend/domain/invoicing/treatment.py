"""S5 Treatment: which VAT rules apply, by where the goods go. Only domestic sales are supported so far."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kloppend.domain.invoice import Treatment, VatCategory
from kloppend.domain.invoicing.countries import COUNTRIES, EU_COUNTRIES, dutch_rates
from kloppend.domain.invoicing.product_rates import ProductRates
from kloppend.domain.invoicing.settings import InvoiceSettings
from kloppend.domain.invoicing.structure import product_label
from kloppend.domain.invoicing.tax_rows import TaxRows
from kloppend.domain.order import Order
from kloppend.domain.problems import Problem, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """The rules that apply; `category` is the EN 16931 category of lines that bear VAT."""

    treatment: Treatment
    country: str
    category: VatCategory = "S"


def choose_treatment(order: Order, rated: ProductRates, taxes: TaxRows, settings: InvoiceSettings) -> Treated:
    """Decide by bookkeeping 2.1 in the sequence of 5.4 S5, and test the rates against the country's."""
    taxed = rated.charged or any(rate > 0 for rate in taxes.charged)
    country = order.destination.country if order.destination else ""
    if settings.kor and taxed:
        raise Refused(Problem.of("KOR_BUT_VAT_CHARGED"))
    if not settings.kor and country not in COUNTRIES:
        raise Refused(Problem.of("DESTINATION_UNKNOWN", country=country or "-"))
    treatment = _treatment(order, country, taxed=taxed, settings=settings)
    if treatment != "domestic":
        raise Refused(Problem.of("TREATMENT_NOT_YET_SUPPORTED", treatment=treatment, country=country or "-"))
    _check_domestic_rates(order, rated, taxes)
    return Treated(treatment=treatment, country=country)


def _treatment(order: Order, country: str, *, taxed: bool, settings: InvoiceSettings) -> Treatment:
    if settings.kor:
        return "kor"
    if country not in EU_COUNTRIES:
        return "export"
    if country == "NL":
        return "domestic"
    if taxed:
        return "oss" if settings.oss_registered else "eu_home_rate"
    return "icp" if order.products else "domestic"


DUTCH_TIME = ZoneInfo("Europe/Amsterdam")
"""A rate changes at midnight in the Netherlands, whatever clock the shop keeps."""


def _check_domestic_rates(order: Order, rated: ProductRates, taxes: TaxRows) -> None:
    for product in rated.products:
        if product.rate == 0:
            label = product_label(product.line)
            raise Refused(Problem.of("ZERO_VAT_DOMESTIC", order_product_id=product.line.line_id, product=label))
    allowed = dutch_rates(order.placed_at.astimezone(DUTCH_TIME).date())
    for rate in sorted(set(rated.goods) | set(taxes.charged), reverse=True):
        if rate > 0 and rate not in allowed:
            raise Refused(Problem.of("WRONG_COUNTRY_RATE", rate=rate, country="NL"))
