"""Whether the choices fit the shop they are made for: what is chosen exists there, and nothing is left undecided."""

from collections.abc import Iterator, Set

from kloppend.connecting.trial import Trial, given
from kloppend.domain.order import NEVER_CONFIRMED
from kloppend.domain.payment_code import longest_prefix
from kloppend.domain.problems import Problem

MANY_AT_ONCE = 100
"""So many orders in the first file are worth a warning."""


def statuses(trial: Trial) -> Iterator[Problem]:
    """Trigger and cancel statuses exist in the shop, and no status is both."""
    known = {status.key: status.name for status in given(trial.catalogue).statuses}
    triggers, cancels = given(trial.choices).trigger_statuses, given(trial.choices).cancel_statuses
    trial.detail["triggers"] = _listed(known.get(key, key) for key in triggers)
    if not triggers - {NEVER_CONFIRMED}:
        yield Problem.of("TRIGGER_STATUS_MISSING")
    if triggers - known.keys():
        yield Problem.of("STATUS_NOT_IN_SHOP", statuses=_listed(triggers - known.keys()))
    if cancels - known.keys():  # it cannot happen, so it does no harm
        yield Problem.of("CHOICE_NOT_IN_SHOP", setting="cancel_statuses", values=_listed(cancels - known.keys()))
    both = triggers & cancels
    if both:
        yield Problem.of("STATUS_TRIGGERS_AND_CANCELS", statuses=_listed(known.get(key, key) for key in both))


def payment_methods(trial: Trial) -> Iterator[Problem]:
    """Every way to pay that is installed or was used is mapped, excluded, or left open on purpose."""
    mapped, excluded = given(trial.choices).payment_codes, given(trial.choices).excluded_payment_codes
    undecided, held = [], []
    for method in given(trial.catalogue).payment_methods:
        shown = f"{method.name} ({method.code})" if method.name else method.code
        prefix = longest_prefix(method.code, mapped)
        if not method.code or longest_prefix(method.code, excluded):
            continue
        if prefix is None:
            undecided.append(shown)
        elif not mapped[prefix]:
            held.append(shown)
    if undecided:
        yield Problem.of("PAYMENT_METHODS_UNDECIDED", methods=_listed(undecided))
    if held:
        yield Problem.of("PAYMENT_METHODS_LEFT_OPEN", methods=_listed(held))


def other_choices(trial: Trial) -> Iterator[Problem]:
    """Stores, groups and the field of the VAT number exist in the shop."""
    choices, catalogue = given(trial.choices), given(trial.catalogue)
    pairs: list[tuple[str, Set[str], Set[str]]] = [
        ("excluded_stores", choices.excluded_stores, {store.key for store in given(trial.identity).stores}),
        ("excluded_groups", choices.excluded_groups, {group.key for group in catalogue.customer_groups}),
    ]
    if choices.vat_number_field.startswith("custom_field:"):
        pairs.append(("vat_number_field", {choices.vat_number_field}, {field.key for field in catalogue.custom_fields}))
    for setting, chosen, known in pairs:
        if chosen - known:
            yield Problem.of("CHOICE_NOT_IN_SHOP", setting=setting, values=_listed(chosen - known))


def start(trial: Trial) -> Iterator[Problem]:
    """From where on orders are booked: not in closed books, and not half a history by accident."""
    choices, first = given(trial.choices), given(trial.choices).first_day
    rules = choices.decide_rules()
    closed = rules.books_closed_until
    trial.detail["start"] = " / ".join(str(part) for part in (first, choices.start_order_number) if part is not None)
    if first and closed and first <= closed and choices.closed_period == "hold":
        yield Problem.of("START_IN_CLOSED_PERIOD", start=first, closed_until=closed)
    if first and first > trial.today:
        yield Problem.of("START_IN_FUTURE", start=first)
    at_once = sum(
        entry.status_id in rules.trigger_statuses and _reached(entry.shop_order_id, choices.start_order_number)
        for entry in trial.inventory_since_start()
    )
    if at_once >= MANY_AT_ONCE:
        yield Problem.of("START_FAR_BACK", start=trial.detail["start"], count=at_once)
    if trial.inventory_fault:
        yield trial.inventory_fault


def layout(trial: Trial) -> Iterator[Problem]:
    """A layout nobody has compared with an official sample is for looking at only."""
    if not given(trial.files).verified:
        yield Problem.of("ONLY_DOWNLOAD_YET")


def _reached(number: str, start: int | None) -> bool:
    return start is None or (number.isascii() and number.isdecimal() and int(number) >= start)


def _listed(values: Iterator[str] | Set[str] | list[str]) -> str:
    return ", ".join(sorted(values, key=lambda value: (len(value), value)))
