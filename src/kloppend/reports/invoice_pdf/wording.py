"""The words on the PDF, and sums as its language writes them."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from kloppend.domain.problems import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Everything that is printed and does not come from the order. `point` and `group` are of numbers."""

    invoice: str
    credit: str
    order: str
    day: str
    reference: str
    vat_number: str
    delivered_to: str
    line: str
    quantity: str
    rate: str
    net: str
    vat: str
    vat_on: str
    rounding: str
    total: str
    paid_by: str
    due: str
    copy: str
    point: str
    group: str

    def money(self, amount: Decimal) -> str:
        """An amount in whole cents."""
        plain = f"{amount:,.2f}"
        return plain.replace(",", "\0").replace(".", self.point).replace("\0", self.group)

    def rate_of(self, rate: Decimal) -> str:
        """A VAT rate without needless zeros."""
        return f"{rate.normalize():f}%".replace(".", self.point)


WORDS: Mapping[Language, Words] = {
    "nl": Words(
        invoice="Factuur", credit="Creditfactuur", order="Bestelling", day="Datum", reference="Kenmerk",
        vat_number="Btw-nummer", delivered_to="Afleveradres", line="Omschrijving", quantity="Aantal", rate="Btw",
        net="Zonder btw", vat="Btw-bedrag", vat_on="Btw {rate} over {base}", rounding="Afronding",
        total="Totaal met btw", paid_by="Betaald met {code}", due="Te betalen",
        copy="Dit is een afschrift van de gegevens van de bestelling in de webwinkel, en niet de factuur zelf.",
        point=",", group=".",
    ),
    "en": Words(
        invoice="Invoice", credit="Credit note", order="Order", day="Date", reference="Reference",
        vat_number="VAT number", delivered_to="Delivered to", line="Description", quantity="Quantity", rate="VAT",
        net="Without VAT", vat="VAT amount", vat_on="VAT {rate} on {base}", rounding="Rounding",
        total="Total with VAT", paid_by="Paid by {code}", due="Amount due",
        copy="This is a copy of the data of the order in the shop, and not the invoice itself.",
        point=".", group=",",
    ),
}  # fmt: skip
