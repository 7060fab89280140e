"""One problem that happened: a code of the catalogue with the particulars."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kloppend.domain.problems.catalogue import CATALOGUE, Entry, Text
from kloppend.domain.wording import Language, fill


@dataclass(frozen=True, slots=True)
class Problem:
    """A code with its detail. Detail is shown and stored for long: order numbers and amounts, never names or e-mail."""

    code: str
    detail: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, code: str, **detail: object) -> "Problem":
        """Make a problem; every placeholder of the code's texts must be given. Raises KeyError when one is not.

        NUL is left out: no database keeps it.
        """
        missing = CATALOGUE[code].placeholders - detail.keys()
        if missing:
            raise KeyError(f"{code} needs {', '.join(sorted(missing))}")
        return cls(code, {name: str(value).replace("\0", "") for name, value in detail.items()})

    @property
    def entry(self) -> Entry:
        """What the catalogue says of this code."""
        return CATALOGUE[self.code]

    def text(self, language: Language) -> Text:
        """Cause and fix in this language, with the particulars filled in."""
        text = self.entry.texts[language]
        return Text(fill(text.cause, self.detail, language), fill(text.fix, self.detail, language))


class Refused(Exception):  # noqa: N818 - it is a decision, not an error
    """This order is not booked now, for one reason."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem
