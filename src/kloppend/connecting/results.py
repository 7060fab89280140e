"""What a check found. Its words: the catalogue's for what is wrong, `texts.toml` for its name and for what is right."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any, Literal

from kloppend.domain.problems import Language, Problem

Outcome = Literal["ok", "warning", "failed", "not_done"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialOrder:
    """A recent order, assessed without storing anything; `problems` say why it is refused, or what to mind."""

    number: str
    state: str
    reason: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check. `problems` say what is wrong and how to mend it; `not_done` means an earlier failure prevented it.

    `orders` is filled by the check `recent_orders` only.
    """

    name: str
    outcome: Outcome
    problems: tuple[Problem, ...] = ()
    detail: Mapping[str, str] = field(default_factory=dict)
    orders: tuple[TrialOrder, ...] = ()

    def title(self, language: Language) -> str:
        """What was looked at, in a few words."""
        return str(TEXTS[self.name][language]["title"])

    def sentence(self, language: Language) -> str:
        """What was found when nothing is wrong, or a few words when it was not looked at."""
        text = TEXTS["not_done"] if self.outcome == "not_done" else TEXTS[self.name]
        return str(text[language]["found"]).format_map(self.detail)


def _texts() -> Mapping[str, Any]:
    return tomllib.loads((resources.files(__package__) / "texts.toml").read_text(encoding="utf-8"))


TEXTS = _texts()


def nothing_failed(results: list[CheckResult]) -> bool:
    """Whether a connection may go live: warnings may stand, failures and unchecked points may not."""
    return all(result.outcome in ("ok", "warning") for result in results)
