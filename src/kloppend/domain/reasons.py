"""Why an order gets no invoice now, or never: not problems, just the merchant's own rules at work."""

from enum import Enum

from kloppend.domain.problems import Language


class Reason(Enum):
    """A reason with its text in Dutch and English; the name is what is stored."""

    NOT_CONFIRMED = (
        "De klant heeft de bestelling niet afgerond.",
        "The customer did not complete the order.",
    )
    TRIGGER_NOT_REACHED = (
        "De bestelling heeft nog geen status waarbij een factuur hoort.",
        "The order has not reached a status that calls for an invoice.",
    )
    BEFORE_START = (
        "De bestelling is van vóór de start van deze koppeling.",
        "The order is from before this connection's start.",
    )
    CANCELLED = (
        "De bestelling is geannuleerd.",
        "The order was cancelled.",
    )
    EXCLUDED = (
        "Bestellingen van deze winkel, klantgroep of betaalmethode zijn uitgesloten in de instellingen.",
        "Orders of this store, customer group or payment method are excluded in the settings.",
    )
    ALREADY_BOOKED = (
        "De bestelling was al geboekt.",
        "The order had been booked already.",
    )
    VAT_NUMBER_TO_BE_CHECKED = (
        "Het btw-nummer van de klant wordt eerst bij VIES gecontroleerd.",
        "The customer's VAT number is checked with VIES first.",
    )

    def text(self, language: Language) -> str:
        """The reason as a sentence."""
        dutch, english = self.value
        return dutch if language == "nl" else english
