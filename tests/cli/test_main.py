"""What the `kloppend` command does when it crashes."""

import subprocess
import sys

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
