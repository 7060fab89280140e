"""`kloppend connect` as a person and as a script use it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from typer.testing import CliRunner

from kloppend.books.asperion.simulator import AsperionServer, SimulatedAsperion
from kloppend.books.asperion.simulator.identity import Client as Partner
from kloppend.cli.connect_questions import Questions
from kloppend.cli.main import app
from kloppend.connecting.draft import Draft
from kloppend.records.models import Connection
from kloppend.shops.opencart.simulator import Fault, SimulatedStore
from kloppend.sync import consent
from tests.connecting.conftest import _files, draft, server, store

__all__ = ["_files", "draft", "server", "store"]
pytestmark = pytest.mark.django_db

runner = CliRunner()


@pytest.fixture(autouse=True)
def _home(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests' own Django and database stand for the installation."""

    @contextmanager
    def at_home(_: object) -> Iterator[None]:
        yield

    monkeypatch.setattr("kloppend.cli.connect.at_home", at_home)


@pytest.fixture
def answers(draft: Draft, tmp_path: Path) -> Path:
    path = tmp_path / "answers.json"
    path.write_text(json.dumps({name: getattr(draft, name) for name in draft.__struct_fields__ if name != "api_key"}))
    return path


def script(answers: Path, key: str, *more: str) -> Any:
    arguments = ["connect", "--answers", str(answers), "--no-input", *more]
    return runner.invoke(app, arguments, env={"KLOPPEND_CONNECT_API_KEY": key, "COLUMNS": "200"})


def test_a_script_connects_from_a_file_and_the_key_from_the_environment(answers: Path, draft: Draft) -> None:
    result = script(answers, draft.api_key)
    assert result.exit_code == 0, result.output
    assert "De koppeling is actief." in result.output
    assert "MULTI_CURRENCY" in result.output
    assert draft.api_key not in result.output
    assert Connection.objects.get().active


def test_check_only_stores_nothing(answers: Path, draft: Draft) -> None:
    assert script(answers, draft.api_key, "--check-only").exit_code == 0
    assert not Connection.objects.exists()
    assert script(answers, "Verkeerde!Sleutel(1)*", "--check-only").exit_code == 1


def test_a_wrong_key_says_so_and_ends_with_one(answers: Path) -> None:
    result = script(answers, "Verkeerde!Sleutel(1)*", "--language", "en")
    assert result.exit_code == 1
    assert "SHOP_KEY_REFUSED" in result.output
    assert "was not made live" in result.output
    assert not Connection.objects.get().active


def test_a_file_that_cannot_be_used_ends_with_two(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"name": 3}')
    assert script(tmp_path / "a.json", "x").exit_code == 2
    assert script(tmp_path / "none.json", "x").exit_code == 2


def typed(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


SETTINGS = ("5,3", "7,11", "REMBOURS", "", "2026-11-01", "07:00", "", "")


def test_a_person_answers_questions_with_proposals_of_the_shop(draft: Draft, store: SimulatedStore) -> None:
    questions = typed(draft.shop_address, draft.api_key, "LIC", "Mijn winkel", "", "", "ADM-1", *SETTINGS, "n")
    result = runner.invoke(app, ["connect"], input=questions, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "5  Complete" in result.output
    assert draft.api_key not in result.output
    connection = Connection.objects.get()
    assert (connection.name, connection.merchant.name) == ("Mijn winkel", "Mijn winkel")
    assert connection.settings["trigger_statuses"] == ["5", "3"]
    assert connection.settings["payment_codes"]["cod"] == "REMBOURS"


def test_what_was_typed_is_offered_again_after_a_mistake(draft: Draft, store: SimulatedStore, tmp_path: Path) -> None:
    first = (draft.shop_address, "Verkeerde!Sleutel(1)*", "LIC", "y", "", draft.api_key, "")
    saved = tmp_path / "saved.json"
    arguments = ["connect", "--save-answers", str(saved)]
    questions = typed(*first, "Mijn winkel", "", "", "ADM-1", *SETTINGS)
    result = runner.invoke(app, arguments, input=questions, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "SHOP_KEY_REFUSED" in result.output
    assert json.loads(saved.read_text())["administration"] == "ADM-1"
    assert draft.api_key not in saved.read_text()


def test_what_was_typed_before_an_interruption_is_kept(draft: Draft, store: SimulatedStore, tmp_path: Path) -> None:
    saved = tmp_path / "saved.json"
    until_payments = (draft.shop_address, draft.api_key, "LIC", "Mijn winkel", "", "", "ADM-1", "5,3", "7", "REMBOURS")
    runner.invoke(app, ["connect", "--save-answers", str(saved)], input=typed(*until_payments))  # ends like Ctrl-C
    settings = json.loads(saved.read_text())["settings"]
    assert (settings["trigger_statuses"], settings["cancel_statuses"]) == (["5", "3"], ["7"])
    assert settings["payment_codes"]["cod"] == "REMBOURS"


@pytest.mark.parametrize("yes", ["j", "Ja", "", "y"])
def test_a_dutch_person_says_ja(draft: Draft, store: SimulatedStore, yes: str) -> None:
    first = (draft.shop_address, "Verkeerde!Sleutel(1)*", "LIC", "misschien", yes, "", draft.api_key, "")
    questions = typed(*first, "Mijn winkel", "", "", "ADM-1", *SETTINGS)
    result = runner.invoke(app, ["connect"], input=questions, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "j (ja) of n (nee)" in result.output


def test_dates_and_times_may_be_typed_as_the_dutch_do(draft: Draft, store: SimulatedStore) -> None:
    settings = ("5", "7", "REMBOURS", "gisteren", "Besteldatum", "1-11-2026", "zes uur", "7.30", "Amsterdam", "", "")
    questions = typed(draft.shop_address, draft.api_key, "LIC", "Mijn winkel", "", "", "ADM-1", *settings, "n")
    result = runner.invoke(app, ["connect"], input=questions, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert result.output.count("probeer het nog eens") == 3
    stored = Connection.objects.get().settings
    assert [stored[name] for name in ("invoice_date", "start_date", "file_time", "time_zone")] == [
        "order_date",
        "2026-11-01",
        "07:30",
        "Europe/Amsterdam",
    ]


def test_a_setting_that_cannot_be_read_is_named(answers: Path, draft: Draft) -> None:
    for name, value in (("file_time", "6 uur"), ("start_date", "24-11-2026")):
        content = json.loads(answers.read_text())
        content["settings"][name] = value
        wrong = answers.with_name("wrong.json")
        wrong.write_text(json.dumps(content))
        result = script(wrong, draft.api_key, "--check-only")
        assert result.exit_code == 1
        assert name in result.output
        assert "SETTINGS_INVALID" in result.output


def test_changing_offers_the_stored_answers(answers: Path, draft: Draft, store: SimulatedStore) -> None:
    script(answers, draft.api_key)
    kept = typed("", "", "", "", "", "", "", *[""] * 20)
    result = runner.invoke(app, ["connect", draft.name], input=kept, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert Connection.objects.get().settings["start_date"] == draft.settings["start_date"]
    store.faults.switch_on(Fault.STATUS, "500")
    assert runner.invoke(app, ["connect", "Bestaat niet"]).exit_code == 2


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Iterator[AsperionServer]:
    """The simulated Asperion, in which the operator of these tests is registered."""
    back = f"{settings.KLOPPEND_BASE_URL}/books/back/"
    asperion = SimulatedAsperion(client=Partner("kloppend", "simulator-secret", back))
    with AsperionServer(asperion) as server:
        monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_ID", "kloppend")
        monkeypatch.setattr(settings, "KLOPPEND_ASPERION_CLIENT_SECRET", "simulator-secret")
        options = {"api": server.address, "identity": server.address}
        monkeypatch.setattr(settings, "OPTIONS_OF_BOOKS", {"asperion_rest": options})
        yield server


def pasted(monkeypatch: pytest.MonkeyPatch, answer: str = "yes") -> list[str]:
    """From now on who is asked for it pastes the address that the owner's browser came to."""
    shown: list[str] = []
    real = consent.ask_consent

    def ask_consent(*arguments: Any, **named: Any) -> str:
        shown.append(real(*arguments, **named))
        return shown[-1]

    monkeypatch.setattr("kloppend.cli.connect_books.ask_consent", ask_consent)

    def ask(self: Questions, question: str, default: str) -> str:
        if "adres waar de browser" in question:
            reply = httpx.post(shown[-1], data={"consent": answer if len(shown) == 1 else "yes"}, trust_env=False)
            return reply.headers["location"]
        return real_ask(self, question, default)

    real_ask = Questions._ask
    monkeypatch.setattr(Questions, "_ask", ask)
    return shown


ACCESS = ("102",)
MAPPING = ("70", "1", "1", "8000", "2", "8010")


def test_a_person_connects_through_the_api(
    draft: Draft, store: SimulatedStore, books: AsperionServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = pasted(monkeypatch, "no")
    first = (draft.shop_address, draft.api_key, "LIC", "Mijn winkel", "", "2")
    asked = [answer for answer in SETTINGS if answer != "07:00"]  # there is no day's file
    questions = typed(*first, "999", *ACCESS, *MAPPING, *asked, "n")
    result = runner.invoke(app, ["connect"], input=questions, env={"COLUMNS": "200"})
    assert result.exit_code == 0, result.output
    assert "geen toestemming gegeven" in result.output
    assert len(shown) == 2, "refused once, then allowed"
    assert "102  Webwinkel BV" in result.output
    connection = Connection.objects.get()
    assert connection.active
    assert (connection.administration.kind, connection.administration.label) == ("asperion_rest", "102")
    assert connection.settings["books_options"] == {"journal": "70", "debtor_kind": "1"}
    assert "aannemen" in result.output, "a real order passed the books' own check"
    assert not any(administration.invoices for administration in books.asperion.administrations)
    assert "simulator-secret" not in result.output


def test_without_access_a_script_says_how_to_get_it(
    answers: Path, draft: Draft, books: AsperionServer, store: SimulatedStore
) -> None:
    content = json.loads(answers.read_text()) | {"books_kind": "asperion_rest", "administration": "102"}
    answers.write_text(json.dumps(content))
    result = script(answers, draft.api_key)
    assert result.exit_code == 1
    assert "BOOKS_ACCESS_NOT_GIVEN" in result.output
    assert not Connection.objects.get().active
