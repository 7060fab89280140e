"""Our own cent checks of a finished UBL file: the official rules let a whole euro pass (BR-CO-17, BR-S-08)."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from kloppend.books.ubl.categories import per_category
from kloppend.books.ubl.credit import as_written
from kloppend.books.ubl.render import CAC, CBC, kind_of
from kloppend.domain.invoice import Document
from kloppend.domain.money import ZERO, parse_amount

_NAMES = {"cac": CAC, "cbc": CBC}


def unequal_cents(root: etree._Element, document: Document) -> Iterator[str]:
    """The name of every amount that is not the document's, or does not follow from the others."""
    try:
        yield from _Amounts(root).against(as_written(document))
    except (ValueError, TypeError, AttributeError):
        yield "amounts"


class _Amounts:
    def __init__(self, root: etree._Element) -> None:
        self._root = root

    def _one(self, path: str, element: etree._Element | None = None) -> Decimal:
        found = (self._root if element is None else element).find(path, _NAMES)
        return ZERO if found is None else parse_amount(found.text)

    def against(self, document: Document) -> Iterator[str]:
        invoice, total = document.invoice, "cac:LegalMonetaryTotal/cbc:"
        lines = self._root.findall(f"cac:{kind_of(document)}Line", _NAMES)
        net = [self._one("cbc:LineExtensionAmount", line) for line in lines]
        exclusive, inclusive = self._one(f"{total}TaxExclusiveAmount"), self._one(f"{total}TaxInclusiveAmount")
        vat, payable = self._one("cac:TaxTotal/cbc:TaxAmount"), self._one(f"{total}PayableAmount")
        prepaid, rounding = self._one(f"{total}PrepaidAmount"), self._one(f"{total}PayableRoundingAmount")
        sums = {
            "lines": net == [line.net for line in invoice.lines],
            "LineExtensionAmount": sum(net, ZERO) == self._one(f"{total}LineExtensionAmount") == exclusive,
            "TaxExclusiveAmount": exclusive == invoice.total_ex_vat,
            "TaxAmount": vat == invoice.total_vat,
            "TaxInclusiveAmount": inclusive == exclusive + vat == invoice.total_inc_vat - invoice.rounding,
            "PayableAmount": payable == inclusive - prepaid + rounding == invoice.amount_due,
        }
        yield from (name for name, holds in sums.items() if not holds)
        yield from self._per_category(document, lines)

    def _per_category(self, document: Document, lines: list[etree._Element]) -> Iterator[str]:
        bases: dict[tuple[str, Decimal], Decimal] = defaultdict(Decimal)
        for line in lines:
            bases[self._key(line, "cac:Item/cac:ClassifiedTaxCategory")] += self._one("cbc:LineExtensionAmount", line)
        found = {
            self._key(row, "cac:TaxCategory"): (self._one("cbc:TaxableAmount", row), self._one("cbc:TaxAmount", row))
            for row in self._root.findall("cac:TaxTotal/cac:TaxSubtotal", _NAMES)
        }
        if found != per_category(document) or {key: base for key, (base, _) in found.items()} != bases:
            yield "TaxSubtotal"

    def _key(self, element: etree._Element, path: str) -> tuple[str, Decimal]:
        category = element.find(path, _NAMES)
        name = category.findtext("cbc:ID", "", _NAMES) if category is not None else ""
        return name, self._one(f"{path}/cbc:Percent", element)
