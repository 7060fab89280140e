"""Custom fields and texts: PHP reads them as the simulator's Python does, whatever stands in the columns."""

import base64
import json
import subprocess
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kloppend.shops.opencart.simulator.custom_fields import custom_fields
from kloppend.shops.opencart.simulator.rows import text
from tests.extension.tables import serialized

CHECK = Path(__file__).with_name("check_texts.php")
QUICK = settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
KNOWN = {
    'a:1:{i:1;s:12:"BE0123456789";}': {"1": "BE0123456789"},
    '{"1":"BE0123456789"}': {"1": "BE0123456789"},
    '{"account":{"1":"BE0123456789"}}': {"1": "BE0123456789"},
    '"{\\"1\\": \\"BE0999888777\\"}"': {"1": "BE0999888777"},
    'a:2:{i:1;s:2:"é";i:2;a:1:{i:0;i:5;}}': {"1": "é", "0": "5"},
    'a:1:{i:1;s:3:"é";}': {},
    'a:1:{i:1;O:8:"stdClass":0:{}}': {},
    'a:1:{i:1;s:2:"x"': {},
    "a:0:{}": {},
    "a:9999:{i:1;": {},
    "[]": {},
    '""': {},
    "null": {},
    "": {},
    "{": {},
    '{"1":null,"2":7,"3":["a"],"x":"y","4":""}': {"2": "7"},
    "a:1:{i:0;" * 2000: {},
}
FIELD = st.one_of(st.text(max_size=8), st.integers(0, 99999))
FLAT = st.dictionaries(st.integers(0, 40).map(str), FIELD, max_size=4)
STORED = st.one_of(FLAT, st.dictionaries(st.sampled_from(["account", "address", "affiliate"]), FLAT, max_size=3))


def read(php: str, texts: list[bytes]) -> list[dict[str, Any]]:
    sent = json.dumps([base64.b64encode(each).decode("ascii") for each in texts]).encode("ascii")
    done = subprocess.run(
        [php, "-d", "error_reporting=-1", "-d", "display_errors=1", str(CHECK)],
        input=sent,
        capture_output=True,
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_every_form_that_occurs(php: str) -> None:
    for found, (stored, expected) in zip(read(php, [t.encode() for t in KNOWN]), KNOWN.items(), strict=True):
        assert dict(found["fields"]) == expected, stored
        assert custom_fields(stored) == expected, stored


@QUICK
@given(values=st.lists(STORED, max_size=60))
def test_php_and_the_simulator_agree(php: str, values: list[dict[str, Any]]) -> None:
    forms = [form(value) for value in values for form in (json.dumps, serialized, lambda v: json.dumps(json.dumps(v)))]
    for found, stored in zip(read(php, [form.encode() for form in forms]), forms, strict=True):
        assert found["fields"] == [[name, text(value)] for name, value in custom_fields(stored).items()], stored


@QUICK
@given(noise=st.lists(st.one_of(st.binary(max_size=30), st.text(alphabet='a:1{};si"0Ob', max_size=20).map(str.encode))))
def test_any_bytes_become_valid_text_and_no_error(php: str, noise: list[bytes]) -> None:
    for found, given_bytes in zip(read(php, noise), noise, strict=True):
        try:
            assert found["utf8"] == given_bytes.decode("utf-8")
        except UnicodeDecodeError:
            assert "\ufffd" in found["utf8"]
