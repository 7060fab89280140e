"""Which folders of this machine files may be put in: those the operator named, and what lies directly in them.

A page offers these to choose from and never takes a path. Symbolic links are refused: they could lead elsewhere, and
elsewhere tomorrow.
"""

import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from kloppend.domain.problems import Problem
from kloppend.sync.files.trouble import PlaceTrouble


def offered_folders() -> list[Path]:
    """Every folder that may be chosen now."""
    return [folder for root in settings.KLOPPEND_DELIVERY_FOLDERS for folder in _with_children(Path(root))]


def allowed_folder(folder: str) -> Path:
    """This folder, when it may still be used. Raises PlaceTrouble."""
    path = Path(folder)
    roots = [Path(root) for root in settings.KLOPPEND_DELIVERY_FOLDERS]
    named = path.is_absolute() and ".." not in path.parts and any(path in (root, root / path.name) for root in roots)
    try:
        if not named or path.resolve(strict=True) != path:
            raise PlaceTrouble(Problem.of("FOLDER_NOT_ALLOWED", folder=folder))
    except OSError as error:
        what = error.strerror or type(error).__name__
        raise PlaceTrouble(Problem.of("FOLDER_NOT_WRITABLE", folder=folder, what=what)) from error
    return path


def cannot_write(folder: str) -> Problem | None:
    """What is wrong with this folder, found by looking only; None when files can be put there."""
    try:
        path = allowed_folder(folder)
    except PlaceTrouble as trouble:
        return trouble.problem
    if path.is_dir() and os.access(path, os.W_OK | os.X_OK):
        return None
    return Problem.of("FOLDER_NOT_WRITABLE", folder=folder, what="Permission denied")


def _with_children(root: Path) -> Iterator[Path]:
    candidates = [root, *sorted(root.iterdir())] if root.is_dir() and os.access(root, os.R_OK) else []
    for path in candidates:
        if path.is_dir() and not path.name.startswith(".") and path.resolve() == path:
            yield path
