"""Everything that is looked at before a connection goes live, in the order in which a person would mend it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from kloppend.connecting import of_books, of_draft, of_orders, of_settings, of_shop
from kloppend.connecting.draft import Draft
from kloppend.connecting.results import CheckResult, Outcome
from kloppend.connecting.trial import Trial, open_trial
from kloppend.domain.problems import Problem
from kloppend.records.models import Connection
from kloppend.shops.port import ShopCatalogue, ShopIdentity

Look = Callable[[Trial], Iterable[Problem]]


@dataclass(frozen=True, slots=True)
class Check:
    """A look at the trial, possible only when these parts of the trial are there; `channel` empty: for any."""

    look: Look
    needs: tuple[str, ...] = ()
    channel: str = ""

    @property
    def name(self) -> str:
        """How results name it; also its key in texts.toml."""
        return self.look.__name__


CHECKS = (
    Check(of_draft.name),
    Check(of_draft.settings),
    Check(of_draft.address),
    Check(of_draft.api_key),
    Check(of_draft.administration, channel="files"),
    Check(of_draft.administration_chosen, channel="api"),
    Check(of_shop.shop_answers),
    Check(of_shop.extension, ("answered",)),
    Check(of_shop.key_fits, ("extension_found",)),
    Check(of_shop.same_shop, ("identity",)),
    Check(of_shop.licence, ("identity",)),
    Check(of_shop.clock, ("identity",)),
    Check(of_shop.currency, ("identity",)),
    Check(of_shop.tax_rates, ("identity",)),
    Check(of_settings.statuses, ("choices", "catalogue")),
    Check(of_settings.payment_methods, ("choices", "catalogue")),
    Check(of_settings.other_choices, ("choices", "catalogue")),
    Check(of_settings.start, ("choices", "identity")),
    Check(of_settings.layout, ("books",), "files"),
    Check(of_draft.folder, channel="files"),
    Check(of_books.access, ("api",), "api"),
    Check(of_books.administration_open, ("administrations",), "api"),
    Check(of_books.books_choices, ("choices", "offered"), "api"),
    Check(of_orders.recent_orders, ("choices", "books", "identity")),
    Check(of_books.test_order, ("offered", "identity"), "api"),
)


@dataclass(frozen=True, slots=True)
class Examined:
    """The results, who the shop turned out to be, and what it has to choose from."""

    results: list[CheckResult]
    identity: ShopIdentity | None
    catalogue: ShopCatalogue | None = None


def checks_of(channel: str) -> list[Check]:
    """Those that are about this channel."""
    return [check for check in CHECKS if check.channel in ("", channel)]


def run_checks(draft: Draft, at: datetime, *, connection: Connection | None = None) -> list[CheckResult]:
    """Look at everything and store nothing. `connection` is the one the draft is for, when it exists already.

    Always one result per check of the draft's channel, in the order of CHECKS.
    """
    return examine(draft, at, connection=connection).results


def examine(draft: Draft, at: datetime, *, connection: Connection | None = None) -> Examined:
    """The same, and who the shop is."""
    with open_trial(draft, at, connection) as trial:
        return Examined([_result(check, trial) for check in checks_of(trial.channel)], trial.identity, trial.catalogue)


def _result(check: Check, trial: Trial) -> CheckResult:
    if any(not getattr(trial, need) for need in check.needs):
        return CheckResult(name=check.name, outcome="not_done")
    trial.detail, trial.orders = {}, ()
    problems = tuple(check.look(trial))
    return CheckResult(
        name=check.name, outcome=_outcome(problems), problems=problems, detail=trial.detail, orders=trial.orders
    )


def _outcome(problems: tuple[Problem, ...]) -> Outcome:
    if any(problem.entry.kind != "warning" for problem in problems):
        return "failed"
    return "warning" if problems else "ok"
