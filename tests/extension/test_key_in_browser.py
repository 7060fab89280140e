"""The settings page in a browser: the button makes a strong key, and the meter judges as the server does."""

import json
import re
import subprocess
from html import unescape
from pathlib import Path

from kloppend.shops.opencart.extension import build as building
from kloppend.shops.opencart.simulator import RECORDINGS
from tests.books.test_axml_in_browser import opened
from tests.extension import tables
from tests.extension.shop import Host

CORE = Path(building.__file__).parent / "core"
KEYS = [
    "", "kort", "aaaaaaaaaaaaaaaaaaaA1", "abcdefghijklmnopqrst", "Abcdefghijklmn1", "Abcdefghijklm1", "A1!" * 6,
    "Geheim2026!*@#()=", "Geheim-2026!*@#()=", "é" * 20, "aB3" * 22, "Lang!" + "abcdefghij0123456789" * 2,
]  # fmt: skip
SCRIPT = """<script>
var key = document.getElementById('kloppend-api_key'), meter = document.querySelector('[data-kloppend=meter]');
var judged = KEYS.map(function (text) {
  key.value = text; key.dispatchEvent(new Event('input')); return meter.value;
});
var made = [1, 2, 3].map(function () {
  document.querySelector('[data-kloppend=generate]').click(); return [key.value, meter.value, key.type];
});
document.querySelector('[data-kloppend=show]').click();
var out = document.createElement('pre');
out.id = 'out';
out.textContent = JSON.stringify({judged: judged, made: made, hidden: key.type});
document.body.appendChild(out);
</script>"""


def server_judges(php: str) -> list[int]:
    """0 nothing, 1 refused, 2 weak, 3 fine; as the meter, which divides what is fine once more."""
    code = (
        f"require '{CORE}/key.php'; $found = array(); foreach (json_decode(file_get_contents('php://stdin')) as $key)"
        " $found[] = $key === '' ? 0 : (KloppendKey::problem($key) !== '' ? 1 : (KloppendKey::isWeak($key) ? 2 : 3));"
        " echo json_encode($found);"
    )
    sent = json.dumps(KEYS).encode("ascii")
    done = subprocess.run([php, "-r", code], input=sent, capture_output=True, check=True)
    found: list[int] = json.loads(done.stdout)
    return found


def test_the_page_makes_and_judges_keys(shops: Host, php: str, chromium: str, tmp_path: Path) -> None:
    shop = shops.shop(tables.recording(RECORDINGS[2]))
    page = shop.admin().text
    shop.close()
    (tmp_path / "page.html").write_text(f"{page}{SCRIPT.replace('KEYS', json.dumps(KEYS))}", encoding="utf-8")
    shown = opened(chromium, tmp_path / "page.html", tmp_path / "profile")
    found = json.loads(unescape(re.findall(r'<pre id="out">(.*?)</pre>', shown)[0]))
    assert [min(judged, 3) for judged in found["judged"]] == server_judges(php)
    assert found["hidden"] == "password"
    assert len({key for key, _, _ in found["made"]}) == 3
    for key, judged, kind in found["made"]:
        assert re.fullmatch(r"[A-Za-z0-9!*@#()=]{40}", key)
        assert (judged, kind) == (4, "text")
