"""Opens a file of orders for `kloppend explain`: worked cases, or rows recorded from a shop."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from kloppend.cli.case_file import Case, UnreadableCase, read_cases
from kloppend.cli.rows_file import read_rows
from kloppend.domain.wording import Language

Reason = Literal["missing", "unreadable", "not_json", "other_form"]

_TEXTS: Mapping[Language, Mapping[Reason, str]] = {
    "nl": {
        "missing": "Dit bestand bestaat niet: {path}",
        "unreadable": "Dit bestand is niet te openen: {path}. Controleer of u het mag lezen.",
        "not_json": "Dit is geen JSON-bestand: {path}. {what}",
        "other_form": "Dit bestand bevat geen bestellingen in een vorm die we kennen: {path}. Het moet een lijst "
        "'cases' hebben (zoals vat-cases.json) of een lijst 'orders' met de rijen van een winkel. {what}",
    },
    "en": {
        "missing": "This file does not exist: {path}",
        "unreadable": "This file cannot be opened: {path}. Check that you may read it.",
        "not_json": "This is not a JSON file: {path}. {what}",
        "other_form": "This file has no orders in a form we know: {path}. It must have a list 'cases' (as in "
        "vat-cases.json) or a list 'orders' with a shop's rows. {what}",
    },
}


class OrderFileError(Exception):
    """The file as a whole cannot be used."""

    def __init__(self, reason: Reason, path: Path, what: str = "") -> None:
        super().__init__(f"{reason}: {path}")
        self._reason: Reason = reason
        self._particulars = {"path": str(path), "what": f"({what})" if what else ""}

    def text(self, language: Language) -> str:
        """What is wrong, as a sentence."""
        return _TEXTS[language][self._reason].format_map(self._particulars).rstrip()


def read_order_file(path: Path) -> list[tuple[str, Case | UnreadableCase]]:
    """Each order's name with what was read of it. Raises OrderFileError."""
    try:
        content = _printable(json.loads(path.read_bytes().decode("utf-8-sig")))
    except FileNotFoundError as error:
        raise OrderFileError("missing", path) from error
    except OSError as error:
        raise OrderFileError("unreadable", path) from error
    except (ValueError, RecursionError) as error:
        raise OrderFileError("not_json", path, str(error)) from error
    if not isinstance(content, dict):
        raise OrderFileError("other_form", path)
    try:
        return read_rows(content) if "orders" in content else read_cases(content)
    except ValueError as error:
        raise OrderFileError("other_form", path, str(error)) from error


def _printable(content: Any) -> Any:
    """The same without half characters: JSON can write them as `\\ud800`, but no screen or file can take them."""
    if isinstance(content, dict):
        return {_printable(name): _printable(value) for name, value in content.items()}
    if isinstance(content, list):
        return [_printable(value) for value in content]
    if isinstance(content, str):
        return content.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return content
