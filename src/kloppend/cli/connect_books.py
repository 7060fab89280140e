"""The questions of `kloppend connect` about the books: the channel, access, the administration, and the mapping."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from rich.console import Console

from kloppend.books.port import Choice, MasterData
from kloppend.cli.showing import plain, show_problem
from kloppend.connecting.activate import hold
from kloppend.connecting.draft import Draft
from kloppend.domain.problems import Language, Refused
from kloppend.records.models import Connection
from kloppend.sync.consent import administrations_of, ask_consent, asked_for, asks_consent, given_at, take_consent
from kloppend.sync.master_data import data_in, read_offer

CHANNELS = {"1": "asperion_axml", "2": "asperion_rest"}
_TEXTS: dict[str, tuple[str, str]] = {
    "channel": (
        "Hoe gaan facturen naar Asperion? 1: als bestand per dag; 2: via de API, elke factuur meteen als concept",
        "How do invoices reach Asperion? 1: as a file a day; 2: through the API, each invoice at once as a concept",
    ),
    "open": (
        "Open dit adres in een browser, meld u aan bij Asperion en geef toestemming:",
        "Open this address in a browser, log in to Asperion and allow access:",
    ),
    "came_back": (
        "Plak het hele adres waar de browser daarna op uitkwam. Is de pagina van Kloppend daar zelf klaar: Enter",
        "Paste the whole address the browser then came to. If the page of Kloppend finished there itself: Enter",
    ),
    "again": ("Opnieuw toegang geven? [j/N]", "Give access again? [y/N]"),
    "administrations": ("Met deze toegang te bereiken:", "Within reach with this access:"),
    "administration": ("In welke administratie boekt u? (nummer)", "In which administration do you book? (number)"),
    "only_one_of": ("Kies een van de nummers hierboven.", "Choose one of the numbers above."),
    "journals": ("Dagboeken:", "Journals:"),
    "journal": ("Dagboek voor verkoopfacturen (nummer)", "Journal of sales invoices (number)"),
    "debtor_kind": (
        "Debiteursoort voor nieuwe klanten (nummer; de API noemt ze niet)",
        "Kind of debtor for new customers (number; the API does not list them)",
    ),
    "vat_codes": ("Btw-codes voor verkoop:", "VAT codes of sales:"),
    "vat_code": (
        "Btw-code voor verkoop in Nederland met {rate}%",
        "VAT code of sales within the Netherlands at {rate}%",
    ),
    "ledger_accounts": ("Grootboekrekeningen:", "Ledger accounts:"),
    "ledger_account": ("Grootboekrekening daarbij", "Ledger account with it"),
    "rest": (
        "Andere soorten verkoop, betalingscondities en afronding kiest u op de pagina Boekhouding van de koppeling.",
        "Other kinds of sales, payment conditions and rounding are chosen on the page Books of the connection.",
    ),
}
_YES = frozenset({"j", "ja", "y", "yes"})


@dataclass(slots=True)
class BooksQuestions:
    """`ask` puts a question with a default; `keep` is told of each answer, whatever interrupts the next."""

    console: Console
    language: Language
    ask: Callable[[str, str], str]
    keep: Callable[[Draft], Draft]

    def channel(self, draft: Draft) -> Draft:
        """File or API; books of another kind, from a file of answers, stay as they are."""
        before = next((key for key, kind in CHANNELS.items() if kind == draft.books_kind), draft.books_kind)
        while (typed := self.ask(self._text("channel"), before)) not in {*CHANNELS, before}:
            self.console.print(self._text("only_one_of"))
        return self.keep(draft.with_books(CHANNELS.get(typed, draft.books_kind)))

    def through_api(self, draft: Draft) -> Draft:
        """Access, administration and mapping. What cannot be had now stays open, and the checks say so."""
        try:
            connection = hold(draft)
            self._access(connection, draft)
            draft = self._administration(connection, draft)
            options = draft.settings.get("books_options") or {}
            now = datetime.now(UTC)
            offer = read_offer(connection, draft.books_kind, draft.administration, options, now)
        except Refused as refused:
            show_problem(self.console, refused.problem, self.language)
            return draft
        return self._mapping(draft, data_in(offer))

    def _access(self, connection: Connection, draft: Draft) -> None:
        """Until it is there. Raises Refused for what asking again does not mend."""
        if given_at(connection) and self.ask(self._text("again"), "").casefold() not in _YES:
            return
        while True:
            asked_at = datetime.now(UTC)
            url = ask_consent(connection, draft.books_kind, asked_at, options=draft.settings.get("books_options"))
            self.console.print(self._text("open"))
            self.console.print(url, markup=False, highlight=False, soft_wrap=True)
            try:
                self._finish(self.ask(self._text("came_back"), ""))
            except Refused as refused:
                show_problem(self.console, refused.problem, self.language)
            given = given_at(connection)
            if given and given >= asked_at:
                return

    def _finish(self, typed: str) -> None:
        """Nothing typed: the page did it, or nobody did."""
        if typed:
            came_back = dict(parse_qsl(urlsplit(typed).query))
            take_consent(asked_for(came_back.get("state", "")), came_back, datetime.now(UTC))

    def _administration(self, connection: Connection, draft: Draft) -> Draft:
        found = administrations_of(connection, draft.books_kind, draft.settings.get("books_options"))
        self._list("administrations", found)
        label = self._one_of("administration", found, draft.administration)
        return self.keep(draft.with_books(draft.books_kind, label))

    def _mapping(self, draft: Draft, offered: MasterData) -> Draft:
        options: dict[str, Any] = dict(draft.settings.get("books_options") or {})
        self._list("journals", offered.journals)
        options["journal"] = self._one_of("journal", offered.journals, str(options.get("journal", "")))
        options["debtor_kind"] = self.ask(self._text("debtor_kind"), str(options.get("debtor_kind", "")))
        draft = self.keep(draft.with_settings(books_options=options))
        self._list("vat_codes", offered.vat_codes)
        self._list("ledger_accounts", offered.ledger_accounts)
        rows = [dict(row) for row in draft.settings.get("vat_codes") or ()]
        for rate in ("21", "9"):
            rows = self._vat_row(rows, rate, offered)
            draft = self.keep(draft.with_settings(vat_codes=rows))
        self.console.print(self._text("rest"))
        return draft

    def _vat_row(self, rows: list[dict[str, Any]], rate: str, offered: MasterData) -> list[dict[str, Any]]:
        """The first row of domestic sales at this rate; others, such as one from a later day, stay."""
        before = next((row for row in rows if _is_domestic(row, rate)), {})
        question = self._text("vat_code").format(rate=rate)
        code = self._one_of("vat_code", offered.vat_codes, before.get("vat_code", ""), question)
        account = self._one_of("ledger_account", offered.ledger_accounts, before.get("ledger_account", ""))
        row = {"treatment": "domestic", "rate": rate, **before, "vat_code": code, "ledger_account": account}
        return [row if each is before else each for each in rows] if before else [*rows, row]

    def _one_of(self, name: str, offered: Sequence[Choice], before: str, question: str = "") -> str:
        """The number of something that is there, or nothing."""
        while True:
            typed = self.ask(question or self._text(name), before)
            if not typed or typed in {each.id for each in offered}:
                return typed
            self.console.print(self._text("only_one_of"))

    def _list(self, title: str, offered: Sequence[Choice]) -> None:
        self.console.print(self._text(title))
        for each in offered:
            self.console.print(
                f"  {plain(each.id)}  {plain(each.name)} [dim]{plain(each.detail)}[/dim]", highlight=False
            )

    def _text(self, name: str) -> str:
        return _TEXTS[name][0 if self.language == "nl" else 1]


def by_api(draft: Draft) -> bool:
    """Whether its books are ones that answer."""
    return asks_consent(draft.books_kind)


def _is_domestic(row: Mapping[str, Any], rate: str) -> bool:
    plain_row = not any(row.get(name) for name in ("country", "category", "kinds"))
    return row.get("treatment") == "domestic" and Decimal(str(row.get("rate"))) == Decimal(rate) and plain_row
