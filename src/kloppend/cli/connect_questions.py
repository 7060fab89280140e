"""The questions of `kloppend connect`, with what was answered before as the default: nobody types anything twice."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from kloppend.cli.connect_books import BooksQuestions, by_api
from kloppend.cli.showing import plain, show_problem
from kloppend.cli.typed_settings import as_stored
from kloppend.connecting.draft import Draft
from kloppend.connecting.proposals import payment_suggestion, propose
from kloppend.connecting.trial import Offer, ask_shop
from kloppend.domain.problems import Language
from kloppend.shops.port import Named, ShopFault

_TEXTS: dict[str, tuple[str, str]] = {
    "shop_address": ("Adres van de webshop, zoals in de browser", "Address of the shop, as in the browser"),
    "api_key": ("API-sleutel uit de extensie (u ziet niet wat u typt)", "API key from the extension (not shown)"),
    "keep": ("; Enter houdt de vorige", "; Enter keeps the one before"),
    "licence_key": ("Licentiesleutel uit uw aanmelding (mag leeg)", "Licence key you received (may be empty)"),
    "name": ("Naam voor deze koppeling", "Name for this connection"),
    "merchant": ("Naam van de winkelier", "Name of the merchant"),
    "administration": ("Licentiecode van de administratie in Asperion", "Asperion licence code of the administration"),
    "statuses": ("De winkel kent deze bestelstatussen:", "The shop has these order statuses:"),
    "trigger_statuses": ("Factuur maken bij (nummers, met komma's)", "Make an invoice at (numbers, with commas)"),
    "cancel_statuses": ("Niet boeken bij (nummers, met komma's)", "Do not book at (numbers, with commas)"),
    "payments": (
        "Hoe heten de betaalmethoden in de boekhouding? Leeg: bestellingen daarmee blijven liggen.",
        "What are the payment methods called in the books? Empty: orders with it are held.",
    ),
    "invoice_date": (
        "Factuurdatum: besteldatum (order_date), statusdatum (trigger_date) of verzenddatum (sending_date)",
        "Invoice date: order_date, trigger_date or sending_date",
    ),
    "start_date": ("Bestellingen vanaf (dd-mm-jjjj)", "Orders from (yyyy-mm-dd)"),
    "file_time": ("Tijd van het dagelijkse bestand (uu:mm)", "Time of the daily file (hh:mm)"),
    "time_zone": ("Tijdzone", "Time zone"),
    "vat_number_field": ("Veld met het btw-nummer (mag leeg)", "Field that holds the VAT number (may be empty)"),
    "suggestion": ("vaak", "often"),
    "fields": ("Eigen velden van de winkel:", "Custom fields of the shop:"),
    "clear": (
        "Enter neemt over wat er tussen haken staat; - maakt leeg.",
        "Enter takes what is in brackets; - clears.",
    ),
    "again": ("Opnieuw invullen? [J/n]", "Fill in again? [Y/n]"),
    "not_understood": (
        "Dat is niet te lezen zoals gevraagd; probeer het nog eens.",
        "That is not as asked; try again.",
    ),
    "yes_or_no": ("Antwoord met j (ja) of n (nee).", "Answer y (yes) or n (no)."),
}
_SAID = dict.fromkeys(("", "j", "ja", "y", "yes"), True) | dict.fromkeys(("n", "nee", "no"), False)
_PLAIN_SETTINGS = ("invoice_date", "start_date", "file_time", "time_zone")
_DEFAULTS = {"invoice_date": "order_date", "file_time": "06:00", "time_zone": "Europe/Amsterdam"}


@dataclass(slots=True)
class Questions:
    """Asks on this console in this language. `latest` is what was answered so far, whatever interrupts.

    `check_only`: nothing may be stored, so no access can be asked for either.
    """

    console: Console
    language: Language
    latest: Draft
    check_only: bool = False

    def fill_in(self, draft: Draft, at: datetime) -> Draft:
        """Ask everything. What the shop offers is asked of the shop, so its address and key come first."""
        self.console.print(self._text("clear"))
        draft, offer = self._shop(draft)
        host = draft.shop_address.rstrip("/").rpartition("/")[2]
        draft = self._texts(draft, {"name": host}, "name")
        draft = self._texts(draft, {"merchant": draft.name}, "merchant")
        draft = self._books(draft)
        if offer is None:
            return draft
        zone = ZoneInfo("Europe/Amsterdam")
        proposed = propose(offer, at.astimezone(zone).date(), self.language)
        return self._settings(draft.changed(settings={**_DEFAULTS, **proposed, **draft.settings}), offer)

    def _books(self, draft: Draft) -> Draft:
        books = BooksQuestions(self.console, self.language, self._ask, self._keep)
        draft = books.channel(draft)
        if by_api(draft):
            return draft if self.check_only else books.through_api(draft)
        return self._texts(draft, {}, "administration")

    def _keep(self, draft: Draft) -> Draft:
        self.latest = draft
        return draft

    def again(self) -> bool:
        """Whether to correct what was filled in."""
        while (
            typed := typer.prompt(self._text("again"), default="", show_default=False).strip().casefold()
        ) not in _SAID:
            self.console.print(self._text("yes_or_no"))
        return _SAID[typed]

    def _shop(self, draft: Draft) -> tuple[Draft, Offer | None]:
        while True:
            draft = self._secret(self._texts(draft, {}, "shop_address"))
            draft = self._texts(draft, {}, "licence_key")
            try:
                return draft, ask_shop(draft)
            except ShopFault as fault:
                show_problem(self.console, fault.problem, self.language)
                if not self.again():
                    return draft, None

    def _secret(self, draft: Draft) -> Draft:
        question = self._text("api_key") + (self._text("keep") if draft.api_key else "")
        typed = typer.prompt(question, default=draft.api_key, show_default=False, hide_input=True)
        return draft.changed(api_key=typed.strip())

    def _texts(self, draft: Draft, defaults: dict[str, str], *names: str) -> Draft:
        for name in names:
            before = getattr(draft, name) or defaults.get(name, "")
            draft = self.latest = draft.changed(**{name: self._ask(self._text(name), before)})
        return draft

    def _settings(self, draft: Draft, offer: Offer) -> Draft:
        settings, catalogue = dict(draft.settings), offer.catalogue
        self._list("statuses", catalogue.statuses)
        for name in ("trigger_statuses", "cancel_statuses"):
            typed = self._ask(self._text(name), ",".join(settings[name]))
            draft = self._set(draft, name, [part.strip() for part in typed.split(",") if part.strip()])
        draft = self._payments(draft, offer)
        for name in (each for each in _PLAIN_SETTINGS if each != "file_time" or not by_api(draft)):
            draft = self._set(draft, name, self._plain(name, str(settings[name])))
        if catalogue.custom_fields:
            self._list("fields", catalogue.custom_fields)
        field = self._ask(self._text("vat_number_field"), str(settings["vat_number_field"]))
        return self._set(draft, "vat_number_field", field)

    def _plain(self, name: str, before: str) -> str:
        while True:
            try:
                return as_stored(name, self._ask(self._text(name), before))
            except ValueError:
                self.console.print(self._text("not_understood"))

    def _set(self, draft: Draft, name: str, value: object) -> Draft:
        """Whatever interrupts the next question, this answer is kept."""
        self.latest = draft.changed(settings={**draft.settings, name: value})
        return self.latest

    def _payments(self, draft: Draft, offer: Offer) -> Draft:
        self.console.print(self._text("payments"))
        codes = dict(draft.settings.get("payment_codes", {}))
        for method in offer.catalogue.payment_methods:
            if method.code:
                suggested = payment_suggestion(method.code)
                hint = f", {self._text('suggestion')} {suggested}" if suggested and not codes.get(method.code) else ""
                codes[method.code] = self._ask(f"  {method.name} ({method.code}){hint}", codes.get(method.code, ""))
                draft = self._set(draft, "payment_codes", dict(codes))
        return draft

    def _list(self, title: str, found: Iterable[Named]) -> None:
        self.console.print(self._text(title))
        for one in found:
            self.console.print(f"  {plain(one.key)}  {plain(one.name)}", highlight=False)

    def _ask(self, question: str, default: str) -> str:
        typed = str(typer.prompt(question, default=default, show_default=bool(default))).strip()
        return "" if typed == "-" else typed

    def _text(self, name: str) -> str:
        return _TEXTS[name][0 if self.language == "nl" else 1]
