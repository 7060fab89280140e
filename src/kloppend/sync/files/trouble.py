"""What goes wrong at a place for files, as a problem to show."""

from kloppend.domain.problems import Problem


class PlaceTrouble(Exception):  # noqa: N818 - what the caller turns into an open problem
    """Something could not be done there, or could not be told."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem
