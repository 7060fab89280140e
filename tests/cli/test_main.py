"""What the `kloppend` command does when it crashes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).parents[1] / "data" / "vat-cases.json"

CRASH = """
from kloppend.cli.main import app

@app.command()
def crash():
    secret = "".join(["s3cr", "3t"])
    raise RuntimeError("it broke")

app(["crash"])
"""


def test_a_crash_shows_where_but_no_local_values() -> None:
    # In a process of its own: the texts come from typer's hook for exceptions that nobody caught.
    ended = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, text=True, check=False, timeout=60)
    shown = ended.stdout + ended.stderr
    assert ended.returncode == 1
    assert "RuntimeError" in shown
    assert "it broke" in shown
    assert "s3cr3t" not in shown


@pytest.mark.parametrize("options", [[], ["--language", "en"], ["--json"]])
def test_a_terminal_that_knows_only_ascii_is_no_reason_to_stop(tmp_path: Path, options: list[str]) -> None:
    content = json.loads(CASES.read_text(encoding="utf-8"))
    content["cases"][0]["order"]["products"][0]["name"] = "Crème brûlée 5 €"
    path = tmp_path / "cases.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    command = [sys.executable, "-c", "from kloppend.cli.main import app; app()", "explain", str(path), *options]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=environment)
    assert (ended.returncode, ended.stderr) == (0, "")
    if "--json" in options:
        assert json.loads(ended.stdout)[0]["invoice"]["lines"][0]["description"] == "Crème brûlée 5 €"
    else:
        assert "Cr?me br?l?e 5 ?" in ended.stdout
