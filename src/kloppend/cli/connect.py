"""`kloppend connect`: fill in, check, and only when nothing is wrong: live."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from kloppend.cli.explain import ShownLanguage
from kloppend.outside.postgres import EmbeddedPostgresError
from kloppend.web.home import HomeError, at_home, home_folder

if TYPE_CHECKING:
    from kloppend.connecting.draft import Draft
    from kloppend.domain.problems import Language

NOT_DONE, USAGE = 1, 2
KEY_VARIABLES = {"api_key": "KLOPPEND_CONNECT_API_KEY", "licence_key": "KLOPPEND_CONNECT_LICENCE_KEY"}


def connect(
    connection: Annotated[str, typer.Argument(help="The name of an existing connection to change.")] = "",
    answers: Annotated[Path | None, typer.Option(help="A JSON file with answers; see docs/connecting.md.")] = None,
    no_input: Annotated[bool, typer.Option("--no-input", help="Ask nothing: for scripts.")] = False,
    check_only: Annotated[bool, typer.Option("--check-only", help="Check, and store nothing.")] = False,
    save_answers: Annotated[
        Path | None, typer.Option(help="Write what was filled in to this file, without the keys.")
    ] = None,
    language: Annotated[ShownLanguage, typer.Option(help="Language of questions and answers.")] = ShownLanguage.NL,
) -> None:
    """Connect a shop to its books: checks everything, says what is wrong, and goes live when nothing is.

    Exit status: 0 it is live (with --check-only: nothing is wrong); 1 it is not; 2 the answers cannot be used.
    """
    try:
        with at_home(home_folder()):
            done = _connect(connection, answers, save_answers, language.value, ask=not no_input, check_only=check_only)
    except (HomeError, EmbeddedPostgresError, OSError) as error:
        typer.echo(f"kloppend connect cannot work: {error}", err=True)
        raise typer.Exit(NOT_DONE) from None
    raise typer.Exit(0 if done else NOT_DONE)


def _connect(
    name: str, answers: Path | None, save: Path | None, language: "Language", *, ask: bool, check_only: bool
) -> bool:
    from kloppend.cli.connect_questions import Questions
    from kloppend.connecting.draft import answers_without_secrets

    draft, console = _start(name, answers), Console()
    questions = Questions(console, language, draft, check_only)
    while True:
        try:
            draft = questions.fill_in(draft, datetime.now(UTC)) if ask else draft
        finally:
            if save:  # whatever happens next, what was typed is not lost
                save.write_bytes(answers_without_secrets(questions.latest))
        done = _try(draft, console, language, check_only=check_only)
        if done or not ask or not questions.again():
            return done


def _start(name: str, answers: Path | None) -> "Draft":
    """What is known before the first question; keys may come from the environment instead of a file."""
    from kloppend.connecting.draft import AnswersError, Draft, draft_of, read_answers
    from kloppend.records.models import Connection

    try:
        draft = read_answers(answers) if answers else Draft()
        if name and not answers:
            draft = draft_of(Connection.objects.get(name=name))
    except (AnswersError, Connection.DoesNotExist) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE) from None
    given = {field: os.environ[variable] for field, variable in KEY_VARIABLES.items() if os.environ.get(variable)}
    return draft.changed(**given)


def _try(draft: "Draft", console: Console, language: "Language", *, check_only: bool) -> bool:
    from kloppend.cli.showing import show_results
    from kloppend.connecting.activate import connect as put_in_force
    from kloppend.connecting.checks import run_checks
    from kloppend.connecting.results import nothing_failed
    from kloppend.records.models import Connection

    at = datetime.now(UTC)
    if check_only:
        results = run_checks(draft, at, connection=Connection.objects.filter(name=draft.name).first())
        done = nothing_failed(results)
        said = ("Niets staat in de weg.", "Nothing stands in the way.")
    else:
        attempt = put_in_force(draft, at)
        results, done = attempt.results, attempt.done
        said = ("De koppeling is actief.", "The connection is live.")
    show_results(console, results, language)
    if not done:
        said = ("De koppeling is niet actief gemaakt.", "The connection was not made live.")
        if not check_only and attempt.connection and attempt.connection.active:
            said = ("De koppeling draait door met de oude instellingen.", "It goes on with its old settings.")
    console.print(f"\n[bold]{said[0 if language == 'nl' else 1]}[/bold]")
    return done
