"""S5 Treatment: which VAT rules apply, by where the goods go, whether VAT was charged, and what the merchant chose.

The table is bookkeeping 2.1 (docs/vat-treatments.md); the sequence of the tests is that of 5.4 S5.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from kloppend.domain.invoice import Treatment, VatCategory
from kloppend.domain.invoicing.currency import Warnings
from kloppend.domain.invoicing.product_rates import ProductRates
from kloppend.domain.invoicing.rate_dates import Days, check_rates, days_of
from kloppend.domain.invoicing.settings import InvoiceSettings
from kloppend.domain.invoicing.tax_rows import TaxRows
from kloppend.domain.invoicing.vat_number import VatNumberVerdict, check_vat_number, normalise
from kloppend.domain.invoicing.zero_vat import reason_for_zero
from kloppend.domain.order import Order
from kloppend.domain.problems import Problem, Refused
from kloppend.domain.vat.areas import HOME, Area, find_area
from kloppend.domain.vat.rates import rates_on

ZERO_CATEGORIES: Mapping[Treatment, VatCategory] = MappingProxyType(
    {"icp": "K", "export": "G", "kor": "E", "margin": "E", "exempt": "E"}
)
"""The EN 16931 category of lines without VAT; a treatment that is not here has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Treated:
    """The rules that apply.

    `zero` is the treatment of lines without VAT, None where there must not be any. `vat_country` is whose VAT is
    charged. `free_rate` is the rate of products that cost nothing, where the order itself says none. `facts` are the
    inputs that decided, for people.
    """

    treatment: Treatment
    zero: Treatment | None
    vat_country: str = HOME
    charges_bear_vat: bool
    free_rate: Decimal | None = None
    vat_number: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    warnings: Warnings = ()

    def treatment_at(self, rate: Decimal) -> Treatment:
        """The treatment of a line at this rate: goods under the margin scheme can stand next to taxed goods."""
        return self.treatment if rate or not self.zero else self.zero

    def category(self, rate: Decimal) -> VatCategory:
        """The EN 16931 category of a line at this rate."""
        return "S" if rate or not self.zero else ZERO_CATEGORIES[self.zero]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """All that decides the treatment of one order."""

    order: Order
    rated: ProductRates
    taxes: TaxRows
    settings: InvoiceSettings
    verdict: VatNumberVerdict
    days: Days

    @property
    def taxed(self) -> bool:
        return self.rated.charged or any(rate > 0 for rate in self.taxes.charged)

    @property
    def gift(self) -> bool:
        """Whether nothing in it costs anything: free products, and not one row with an amount."""
        products = self.rated.products
        return not any(product.fitting for product in products) and not any(row.value for row in self.order.totals)


def choose_treatment(
    order: Order,
    rated: ProductRates,
    taxes: TaxRows,
    settings: InvoiceSettings,
    *,
    verdict: VatNumberVerdict,
    invoice_date: date | None,
) -> Treated:
    """Decide, or refuse with the code of the first test that fails."""
    days = days_of(order, invoice_date)
    case = _Case(order=order, rated=rated, taxes=taxes, settings=settings, verdict=verdict, days=days)
    if settings.kor_on(days.supplied):
        return _small_business(case)
    area = find_area(order.destination)
    if area is None:
        country = order.destination.country if order.destination else ""
        raise Refused(Problem.of("DESTINATION_UNKNOWN", country=country))
    if area.zone == "outside":
        return _export(case, area)
    if area.zone == "home" or case.taxed:
        return _taxed(case, area)
    if not order.products:
        return _taxed(case, Area(zone="home", country=HOME, rates=HOME))  # only vouchers sold: nothing is supplied yet
    if case.gift and not normalise(order.customer.vat_number):
        return _taxed(case, area)  # no VAT of nothing needs no reason
    return _untaxed_in_the_eu(case, area)


def _small_business(case: _Case) -> Treated:
    if case.taxed:
        raise Refused(Problem.of("KOR_BUT_VAT_CHARGED"))
    return _without_vat("kor", {})


def _export(case: _Case, area: Area) -> Treated:
    """Booked as charged: without VAT, or with Dutch VAT and a warning."""
    facts = _facts(area)
    if not case.taxed:
        return _without_vat("export", facts)
    check_rates(case.rated, case.taxes, case.days, HOME, lambda day: rates_on(HOME, day))
    warnings = (Problem.of("EXPORT_WITH_VAT", country=area.country),)
    return Treated(treatment="export", zero="export", charges_bear_vat=False, facts=facts, warnings=warnings)


def _taxed(case: _Case, area: Area) -> Treated:
    """Domestic, OSS or home rate: every product bears a rate of the right country, or has the merchant's reason."""
    at_home = area.zone == "home"
    zero = reason_for_zero(case.rated, case.settings, "ZERO_VAT_DOMESTIC" if at_home else "ZERO_VAT_EU")
    if zero and not case.taxed:
        return _without_vat(zero, _facts(area))

    def oss(day: date) -> bool:
        return not at_home and case.settings.oss_on(day)

    def allowed(day: date) -> frozenset[Decimal]:
        return rates_on(area.rates if oss(day) else HOME, day)

    abroad = oss(case.days.supplied)
    vat_country = area.country if abroad else HOME
    check_rates(case.rated, case.taxes, case.days, vat_country, allowed)
    treatment: Treatment = "domestic" if at_home else "oss" if abroad else "eu_home_rate"
    return Treated(
        treatment=treatment,
        zero=zero,
        vat_country=vat_country,
        charges_bear_vat=True,
        free_rate=None if case.taxed else _free_rate(case.rated, allowed(case.days.supplied)),
        facts=_facts(area),
    )


def _untaxed_in_the_eu(case: _Case, area: Area) -> Treated:
    reason = reason_for_zero(case.rated, case.settings, None)
    if reason:
        return _without_vat(reason, _facts(area))
    given = case.order.customer.vat_number
    number, warnings = check_vat_number(given, area.country, case.verdict, case.settings)
    facts = {**_facts(area), "vat_number": number, "verdict": case.verdict}
    return _without_vat("icp", facts, vat_number=number, warnings=warnings)


def _without_vat(
    treatment: Treatment, facts: Mapping[str, str], *, vat_number: str = "", warnings: Warnings = ()
) -> Treated:
    return Treated(
        treatment=treatment,
        zero=treatment,
        charges_bear_vat=False,
        free_rate=Decimal(0),
        vat_number=vat_number,
        facts=facts,
        warnings=warnings,
    )


def _free_rate(rated: ProductRates, allowed: frozenset[Decimal]) -> Decimal:
    """For a basket of nothing but free products: the highest rate of the shop that exists in this country.

    On a day before our table begins no rate is known, and the shop's highest does: it taxes nothing.
    """
    return max(allowed & set(rated.candidates), default=max(allowed, default=rated.candidates[0]))


def _facts(area: Area) -> dict[str, str]:
    return {"country": area.country, "place": area.special}
