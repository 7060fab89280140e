"""The words of the daily mail, in Dutch and English."""

from collections.abc import Mapping
from dataclasses import dataclass

from kloppend.domain.problems import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyWords:
    """`ready`, `to_see` and `down` make the subject; the rest stands in the mail."""

    ready: str
    to_see: str
    down: str
    faults: str
    files: str
    file: str
    unverified: str
    held: str
    changed: str
    more: str
    problems: str

    def subject(self, invoices: int, files: int, orders: int, faults: int) -> str:
        """What the mail is about, in a few words."""
        parts = [
            self.down if faults else "",
            self.ready.format(invoices) if files else "",
            self.to_see.format(orders) if orders else "",
        ]
        return ", ".join(filter(None, parts))


WORDS: Mapping[Language, DailyWords] = {
    "nl": DailyWords(
        ready="bestand klaar, facturen: {}",
        to_see="bestellingen die u moet bekijken: {}",
        down="de koppeling werkt niet",
        faults="De koppeling werkt niet",
        files="Nieuwe bestanden",
        file="{name}, facturen: {invoices}",
        unverified="(alleen om te bekijken: de indeling is nog niet met een echt voorbeeld vergeleken)",
        held="Tegengehouden bestellingen: {}",
        changed="Bestellingen waar na het doorgeven iets mee is: {}",
        more="Wat u kunt doen",
        problems="Alle problemen, met wat u eraan kunt doen",
    ),
    "en": DailyWords(
        ready="file ready, invoices: {}",
        to_see="orders for you to look at: {}",
        down="the connection does not work",
        faults="The connection does not work",
        files="New files",
        file="{name}, invoices: {invoices}",
        unverified="(only to look at: its layout was not compared with a real sample yet)",
        held="Orders held: {}",
        changed="Orders that something happened to after they were passed on: {}",
        more="What you can do",
        problems="All problems, with what you can do about them",
    ),
}
