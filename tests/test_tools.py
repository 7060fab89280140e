"""The real things the tests rely on are really there, and new enough."""

import subprocess
from pathlib import Path

from tests.plugins.tools import MariaDb

CHROMIUM_FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
CHROMIUM_FLAGS += ["--disable-background-networking", "--disable-component-update"]


def test_php_can_speak_to_a_shop_s_database(php: str) -> None:
    code = "echo PHP_VERSION_ID >= 70400 && extension_loaded('mysqli') && extension_loaded('mbstring') ? 'yes' : 'no';"
    assert subprocess.run([php, "-r", code], check=True, capture_output=True, text=True).stdout == "yes"


def test_mariadb_answers(mariadb: MariaDb) -> None:
    assert "MariaDB" in mariadb.run("SELECT VERSION()")


def test_chromium_renders_a_page(chromium: str, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<p id=p></p><script>p.textContent = 6 * 7</script>")
    command = [chromium, *CHROMIUM_FLAGS, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()]
    seen = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout
    assert '<p id="p">42</p>' in seen
