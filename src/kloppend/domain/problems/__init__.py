"""What can be wrong, as part of the product: each code has a cause and a fix in Dutch and English."""

from kloppend.domain.problems.catalogue import CATALOGUE, Entry, Text
from kloppend.domain.problems.problem import Problem, Refused
from kloppend.domain.wording import Language

__all__ = ["CATALOGUE", "Entry", "Language", "Problem", "Refused", "Text"]
