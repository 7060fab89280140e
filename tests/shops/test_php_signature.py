"""The extension's PHP computes the same signatures as the platform's Python."""

import json
import subprocess
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kloppend.shops.opencart import signing
from tests.shops.test_signing import VECTORS

CHECK = Path(__file__).with_name("check_signature.php")
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True)
TEXT = st.text(max_size=20)


def differences(php: str, vectors: object) -> str:
    done = subprocess.run(
        [php, "-d", "error_reporting=-1", "-d", "display_errors=1", str(CHECK)],
        input=json.dumps(vectors).encode("ascii"),
        capture_output=True,
        check=True,
        timeout=30,
    )
    return done.stdout.decode("utf-8")


def test_php_computes_the_published_vectors(php: str) -> None:
    assert differences(php, VECTORS) == f"{len(VECTORS)} vectors\n"


@settings(
    max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)
@given(cases=st.lists(st.tuples(TEXT, st.dictionaries(NAMES, TEXT, min_size=1, max_size=5), TEXT), max_size=40))
def test_php_and_python_agree_on_any_text(php: str, cases: list[tuple[str, dict[str, str], str]]) -> None:
    vectors = [
        {
            "what": f"case {number}",
            "key": key,
            "params": params,
            "canonical": signing.canonical(params),
            "request_signature": signing.sign_request(key, params),
            "envelope": {"protocol": 1, "nonce": "n", "body": body},
            "envelope_signature": signing.sign_envelope(key, 1, "n", body),
        }
        for number, (key, params, body) in enumerate(cases)
    ]
    assert differences(php, vectors) == f"{len(vectors)} vectors\n"
