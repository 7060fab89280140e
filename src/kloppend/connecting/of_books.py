"""Whether books that answer let us in, have what was chosen, and would take a real order. Nothing here changes them."""

from collections.abc import Iterator

from kloppend.books.port import Accepted, BooksTrouble, MasterData
from kloppend.connecting.trial import Trial, given
from kloppend.domain.problems import Problem, Refused
from kloppend.sync import master_data
from kloppend.sync.consent import administrations_of, given_at
from kloppend.sync.trying import try_order

MOST_TRIED = 5
TEST_REFERENCE = "(Kloppend test)"


def access(trial: Trial) -> Iterator[Problem]:
    """The owner gave access and it works."""
    if not trial.connection or not given_at(trial.connection):
        yield Problem.of("BOOKS_ACCESS_NOT_GIVEN")
        return
    options = given(trial.choices).books_options
    try:
        trial.administrations = tuple(administrations_of(trial.connection, trial.draft.books_kind, options))
    except Refused as refused:
        yield refused.problem


def administration_open(trial: Trial) -> Iterator[Problem]:
    """The administration was chosen and is still there; then what it offers is read."""
    label = trial.draft.administration
    name = next((each.name for each in trial.administrations if each.id == label), None)
    trial.detail["administration"] = f"{name} ({label})"
    if label and name is None:
        yield Problem.of("ADMINISTRATION_GONE", what=label)
    elif label:
        try:
            trial.offered = _read(trial)
        except BooksTrouble as trouble:
            yield trouble.problem


def _read(trial: Trial) -> MasterData:
    draft, connection = trial.draft, given(trial.connection)
    offer = master_data.keep(connection, draft.books_kind, draft.administration, given(trial.api), trial.at)
    return master_data.data_in(offer)


def books_choices(trial: Trial) -> Iterator[Problem]:
    """What is needed was chosen, and what was chosen is there and not closed."""
    choices, books = given(trial.choices), given(trial.api)
    chosen = [*books.chosen(), *master_data.chosen_in(choices)]
    missing = [name for name in books.missing() if name != "vat_codes" or not choices.vat_rows()]
    if missing:
        yield Problem.of("BOOKS_CHOICES_MISSING", of_books=", ".join(missing))
    yield from master_data.gone(given(trial.offered), chosen, trial.today)


def test_order(trial: Trial) -> Iterator[Problem]:
    """The books check the latest order that could be booked, without keeping anything."""
    books, refused = given(trial.api), None
    for document in list(reversed(trial.documents))[:MOST_TRIED]:
        try:
            outcome = try_order(books, document, TEST_REFERENCE).outcome
        except Refused as one:  # about this customer: another order tells more
            refused = one.problem
            continue
        except BooksTrouble as trouble:
            yield trouble.problem
            return
        trial.detail["order"] = document.order_number
        if not isinstance(outcome, Accepted):
            yield outcome.problem
        return
    yield refused or Problem.of("NO_ORDER_TO_TEST")
