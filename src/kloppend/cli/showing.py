"""Shows what checks found, in plain words, the shopkeeper's language."""

from rich.console import Console
from rich.markup import escape

from kloppend.connecting.results import CheckResult, Outcome
from kloppend.domain.problems import Language, Problem

_MARKS: dict[Outcome, str] = {
    "ok": "[green]✓[/green]",
    "warning": "[yellow]![/yellow]",
    "failed": "[red]✗[/red]",
    "not_done": "[dim]-[/dim]",
}


def plain(text: object) -> str:
    """A text from outside as the screen may have it: no control characters, and brackets are only brackets."""
    return escape("".join(character if character.isprintable() else " " for character in str(text)))


def show_results(console: Console, results: list[CheckResult], language: Language) -> None:
    """One line per check, and below it what is wrong and what to do."""
    for result in results:
        console.print(f"{_MARKS[result.outcome]} [bold]{plain(result.title(language))}[/bold]", highlight=False)
        if result.outcome in ("ok", "not_done"):
            console.print(f"  {plain(result.sentence(language))}", highlight=False)
        for problem in result.problems:
            show_problem(console, problem, language)
        for order in result.orders:
            for problem in order.problems if order.state == "refused" else ():
                cause = plain(problem.text(language).cause)
                console.print(f"    {plain(order.number)}: {problem.code}: {cause}", highlight=False)


def show_problem(console: Console, problem: Problem, language: Language) -> None:
    """Cause and fix."""
    text = problem.text(language)
    console.print(f"  {plain(text.cause)}\n  → {plain(text.fix)} [dim]({problem.code})[/dim]", highlight=False)
