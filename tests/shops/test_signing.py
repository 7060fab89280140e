"""Signatures: the published vectors, and that no two different requests are signed alike."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kloppend.domain.licence import licence_mark
from kloppend.shops.opencart import signing

VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "docs" / "protocol-vectors.json").read_text(encoding="utf-8")
)
PARAMS = st.dictionaries(st.text(min_size=1), st.text(), max_size=5)
KEYS = st.text(min_size=1, max_size=64)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["what"])
def test_published_vectors_hold(vector: dict[str, Any]) -> None:
    envelope = vector["envelope"]
    assert signing.canonical(vector["params"]) == vector["canonical"]
    assert signing.sign_request(vector["key"], vector["params"]) == vector["request_signature"]
    assert signing.sign_envelope(vector["key"], **envelope) == vector["envelope_signature"]


@given(KEYS, PARAMS)
def test_signing_takes_any_text_and_does_not_depend_on_the_order_of_parameters(
    key: str, params: dict[str, str]
) -> None:
    turned = dict(reversed(params.items()))
    assert signing.sign_request(key, params) == signing.sign_request(key, turned)
    assert signing.canonical(params).isascii()


@given(PARAMS, PARAMS)
def test_different_requests_have_different_canonical_forms(one: dict[str, str], other: dict[str, str]) -> None:
    signed = [{k: v for k, v in params.items() if k not in signing.NOT_SIGNED} for params in (one, other)]
    assert (signing.canonical(one) == signing.canonical(other)) == (signed[0] == signed[1])


@given(KEYS, st.text(max_size=20), st.text(max_size=20))
def test_an_answer_is_bound_to_nonce_and_body(key: str, nonce: str, body: str) -> None:
    signature = signing.sign_envelope(key, 1, nonce, body)
    assert signature != signing.sign_envelope(key, 1, nonce, body + "x")
    assert signature != signing.sign_envelope(key, 2, nonce, body)
    assert signature != signing.sign_envelope(key + "x", 1, nonce, body)


@given(st.text())
def test_comparing_takes_any_text(given_text: str) -> None:
    assert signing.same("a" * 64, given_text) == (given_text == "a" * 64)


def test_the_licence_key_travels_only_as_a_short_mark() -> None:
    assert len(licence_mark("KL-2026-0001")) == 16
    assert licence_mark("") == ""


def test_the_protocols_page_shows_the_first_vector() -> None:
    page = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text(encoding="utf-8")
    first = VECTORS[0]
    for line in (*first["canonical"].split("\n"), first["request_signature"], first["envelope_signature"]):
        assert line in page
