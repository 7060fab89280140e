"""What can be said of a draft without asking the shop."""

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings as configuration

from kloppend.connecting.draft import Draft
from kloppend.connecting.trial import Trial
from kloppend.domain.problems import Problem
from kloppend.records.models import Connection, Delivery

MOST_KEY_CHARACTERS = 64
ADVISED_KEY_CHARACTERS = 15
_KEY_CHARACTERS = re.compile(r"[A-Za-z0-9!*@#()=]+")
_STRONG_KEY_HAS = (r"[a-z]", r"[A-Z]", r"[0-9]", r"[!*@#()=]")
_LONGEST_NAME, _LONGEST_ADDRESS, _LONGEST_CODE = 200, 500, 200


def name(trial: Trial) -> Iterator[Problem]:
    """People tell connections apart by name, so there is one of each."""
    if wrong := name_problem(trial.draft.name, trial.connection):
        yield wrong


def name_problem(wanted: str, own: Connection | None = None) -> Problem | None:
    """What is wrong with this name for a new connection, or for this one."""
    if not wanted.strip() or not wanted.isprintable() or len(wanted) > _LONGEST_NAME:
        return Problem.of("CONNECTION_NAME_INVALID", most=_LONGEST_NAME)
    others = Connection.objects.filter(name=wanted)
    if own:
        others = others.exclude(pk=own.pk)
    return Problem.of("CONNECTION_NAME_TAKEN", name=wanted) if others.exists() else None


def settings(trial: Trial) -> Iterator[Problem]:
    """Every setting is known and has a possible value."""
    if trial.settings_problem:
        yield trial.settings_problem


def address(trial: Trial) -> Iterator[Problem]:
    """The form of the address only; whether a shop lives there is for the shop to say."""
    try:
        parts = urlsplit(trial.draft.shop_address.strip())
        is_web = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        yield Problem.of("SHOP_ADDRESS_INVALID")
        return
    typed = trial.draft.shop_address
    if not is_web or parts.username or parts.query or len(typed) > _LONGEST_ADDRESS or not typed.isprintable():
        yield Problem.of("SHOP_ADDRESS_INVALID")
    elif parts.scheme == "http":
        yield Problem.of("SHOP_ADDRESS_PLAIN_HTTP", address=parts.hostname)


def api_key(trial: Trial) -> Iterator[Problem]:
    """What the extension accepts, and whether guessing it would take long enough."""
    key = trial.draft.api_key
    if not _KEY_CHARACTERS.fullmatch(key) or len(key) > MOST_KEY_CHARACTERS:
        yield Problem.of("API_KEY_INVALID", most=MOST_KEY_CHARACTERS)
    elif len(key) < ADVISED_KEY_CHARACTERS or not all(re.search(kind, key) for kind in _STRONG_KEY_HAS):
        yield Problem.of("API_KEY_WEAK", advised=ADVISED_KEY_CHARACTERS)


def administration(trial: Trial) -> Iterator[Problem]:
    """Only the form: nobody outside the package can tell whether the code is somebody's."""
    yield from _may_change(trial)
    code = trial.draft.administration
    if not code or code != code.strip() or not code.isprintable() or " " in code or len(code) > _LONGEST_CODE:
        yield Problem.of("ADMINISTRATION_CODE_INVALID")


def administration_chosen(trial: Trial) -> Iterator[Problem]:
    """Of books that answer it is chosen from a list."""
    yield from _may_change(trial)
    if not trial.draft.administration:
        yield Problem.of("ADMINISTRATION_NOT_CHOSEN")


def _may_change(trial: Trial) -> Iterator[Problem]:
    if trial.connection and (wrong := in_use(trial.connection, trial.draft)):
        yield wrong


def in_use(connection: Connection, draft: Draft) -> Problem | None:
    """Why the books cannot be changed now: of some invoices it is not settled whether they are in the present ones."""
    present = connection.administration
    if (present.kind, present.label) == (draft.books_kind, draft.administration):
        return None
    undecided = Delivery.objects.filter(invoice__order__connection=connection, state__in=Delivery.UNDECIDED).count()
    return Problem.of("ADMINISTRATION_IN_USE", count=undecided) if undecided else None


def folder(_: Trial) -> Iterator[Problem]:
    """Files must be able to land; a trial file is made and gone again."""
    root = Path(configuration.KLOPPEND_FILES_DIR)
    try:
        root.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=root) as file:
            file.write(b"trial")
    except OSError as error:
        yield Problem.of("FOLDER_NOT_WRITABLE", folder=root, what=error.strerror or type(error).__name__)
