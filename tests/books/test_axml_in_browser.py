"""A third reader, outside Python: the browser's own XML parser opens a file without complaint."""

import subprocess
from pathlib import Path

from kloppend.books.asperion.axml import AxmlBooks
from kloppend.books.port import BooksSettings

from .documents import HEADING, with_text

FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update",
]  # fmt: skip
ERROR = "This page contains the following errors"


def opened(chromium: str, file: Path, profile: Path) -> str:
    command = [chromium, *FLAGS, f"--user-data-dir={profile}", "--dump-dom", file.as_uri()]
    return subprocess.run(command, capture_output=True, check=True, timeout=60, text=True, encoding="utf-8").stdout


def test_the_browser_reads_the_file(chromium: str, tmp_path: Path) -> None:
    books = AxmlBooks(BooksSettings(administration="A"))
    rendered = books.render(HEADING, [with_text('Thee “één” "&" <koek> ]]> \x00\ud800 €')])
    (tmp_path / rendered.name).write_bytes(rendered.content)
    shown = opened(chromium, tmp_path / rendered.name, tmp_path / "profile")
    assert ERROR not in shown
    assert 'xThee “één” "&amp;" &lt;koek&gt; ]]&gt;  €x' in shown


def test_the_browser_would_have_complained(chromium: str, tmp_path: Path) -> None:
    (tmp_path / "broken.xml").write_bytes(b"<a>&euro;</a>")
    assert ERROR in opened(chromium, tmp_path / "broken.xml", tmp_path / "profile")
