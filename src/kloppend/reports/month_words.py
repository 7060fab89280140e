"""The words of the month list, in Dutch and English."""

from collections.abc import Mapping
from dataclasses import dataclass

from kloppend.domain.problems import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthWords:
    """`before` and `after` are the headings around the two (`per_rate`) that come back for every VAT rate."""

    before: tuple[str, ...]
    per_rate: tuple[str, str]
    after: tuple[str, ...]
    listed: str
    dated_here: str
    dated_elsewhere: str
    from_elsewhere: str
    file_listed: str
    file_whole: str
    missing: str
    elsewhere: str
    up_to: str
    rows: str
    notes: tuple[str, ...]


WORDS: Mapping[Language, MonthWords] = {
    "nl": MonthWords(
        before=(
            *("Bestelling", "Besteld op", "Factuurdatum", "Totaal in de winkel"),
            *("Totaal factuur", "Netto", "Btw", "Afronding"),
        ),
        per_rate=("Netto {}", "Btw {}"),
        after=("Stand", "Code", "Uitleg", "Bestand", "Geïmporteerd op", "SHA-256"),
        listed="Facturen in deze lijst",
        dated_here="waarvan met een factuurdatum in deze maand",
        dated_elsewhere="waarvan met een factuurdatum in een andere maand",
        from_elsewhere="Bestellingen van andere maanden met een factuurdatum in deze maand",
        file_listed="{}, in deze lijst",
        file_whole="{}, het hele bestand",
        missing="Nummers die de winkel niet heeft",
        elsewhere="Nummers bij een andere koppeling met deze winkel",
        up_to="{} t/m {}",
        rows="Aantal regels: {}",
        notes=(
            "Een bestelling staat in de lijst van de maand waarin zij is geplaatst, in de tijdzone van de koppeling.",
            "Een niet afgeronde bestelling heeft geen datum; zij staat in de maand van het nummer vóór haar.",
            "Voor de btw-aangifte telt de factuurdatum: tel de tweede en de vierde totaalregel bij elkaar op.",
            "'In een bestand' is niet 'geboekt': of een bestand is geïmporteerd, weet alleen wie dat deed.",
        ),
    ),
    "en": MonthWords(
        before=(
            *("Order", "Ordered on", "Invoice date", "Total in the shop"),
            *("Invoice total", "Net", "VAT", "Rounding"),
        ),
        per_rate=("Net {}", "VAT {}"),
        after=("State", "Code", "Explanation", "File", "Imported on", "SHA-256"),
        listed="Invoices in this list",
        dated_here="of which with an invoice date in this month",
        dated_elsewhere="of which with an invoice date in another month",
        from_elsewhere="Orders of other months with an invoice date in this month",
        file_listed="{}, in this list",
        file_whole="{}, the whole file",
        missing="Numbers that the shop does not have",
        elsewhere="Numbers at another connection to this shop",
        up_to="{} to {}",
        rows="Number of rows: {}",
        notes=(
            "An order stands in the list of the month in which it was placed, in the connection's time zone.",
            "A checkout that was never completed has no date; it stands in the month of the number before it.",
            "For the VAT return the invoice date counts: add the second and the fourth line of totals.",
            "'In a file' is not 'booked': whether a file was imported, only the person who did it knows.",
        ),
    ),
}
