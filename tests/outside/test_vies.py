"""What VIES says, and what counts as an answer: yes and no, and nothing else."""

import json
from collections.abc import Iterator
from ipaddress import ip_network

import pytest

from kloppend.outside.http import GuardedClient
from kloppend.outside.vies import Found, Vies
from tests.vies import SimulatedVies, vies_running

NUMBER = "BE0411905847"
OWN = "NL000099998B57"


@pytest.fixture
def register() -> Iterator[SimulatedVies]:
    with vies_running() as running:
        yield running


def ask(register: SimulatedVies, number: str = NUMBER, requester: str = "") -> Found:
    with GuardedClient(allowed_networks=[ip_network("127.0.0.0/8")]) as http:
        return Vies(http, register.address, requester).ask(number)


def test_yes_and_no(register: SimulatedVies) -> None:
    register.numbers = {NUMBER}
    assert ask(register) == Found(outcome="valid")
    assert ask(register, "XI980780684") == Found(outcome="invalid")
    assert register.asked == [
        {"countryCode": "BE", "vatNumber": "0411905847"},
        {"countryCode": "XI", "vatNumber": "980780684"},
    ]


def test_who_gives_a_number_gets_a_proof(register: SimulatedVies) -> None:
    register.numbers = {NUMBER}
    assert ask(register, requester=OWN).consultation_number == "WAPI0001"
    assert register.asked[0]["requesterMemberStateCode"] == "NL"
    assert register.asked[0]["requesterNumber"] == OWN[2:]


def test_a_requester_that_is_not_known_does_not_stop_the_check(register: SimulatedVies) -> None:
    register.numbers, register.requesters = {NUMBER}, set()
    assert ask(register, requester=OWN) == Found(outcome="valid", requester_refused=True)
    assert len(register.asked) == 2


@pytest.mark.parametrize(
    ("fault", "everywhere"),
    [
        ("MS_UNAVAILABLE", False),
        ("MS_MAX_CONCURRENT_REQ", False),
        ("TIMEOUT", False),
        ("GLOBAL_MAX_CONCURRENT_REQ", True),
        ("SERVICE_UNAVAILABLE", True),
    ],
)
def test_trouble_is_no_answer(register: SimulatedVies, fault: str, everywhere: bool) -> None:
    register.down[""] = fault
    assert ask(register) == Found(outcome="unavailable", fault=fault, everywhere=everywhere)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b"<html>Blocked</html>"),
        (200, b"\xff\xfe"),
        (200, b"[]"),
        (200, b"{}"),
        (200, json.dumps({"valid": "true"}).encode()),
        (200, json.dumps({"valid": 1}).encode()),
        (200, json.dumps({"valid": None}).encode()),
        (200, json.dumps({"valid": False, "userError": "MS_UNAVAILABLE"}).encode()),
        (200, json.dumps({"valid": False, "userError": "VALID"}).encode()),
        (200, json.dumps({"valid": True, "userError": "INVALID"}).encode()),
        (200, json.dumps({"valid": True, "countryCode": "BE", "vatNumber": "0999999922"}).encode()),
        (200, json.dumps({"valid": True, "errorWrappers": [{"error": "X"}]}).encode()),
        (500, json.dumps({"valid": False}).encode()),
        (503, b"busy"),
    ],
)
def test_what_is_neither_yes_nor_no_is_no_answer(register: SimulatedVies, status: int, body: bytes) -> None:
    register.raw = (status, body)
    found = ask(register)
    assert found.outcome == "unavailable"
    assert found.fault


def test_nothing_of_the_customer_is_kept_and_no_odd_text(register: SimulatedVies) -> None:
    register.raw = (200, json.dumps({"valid": True, "requestIdentifier": "<b>x</b>", "name": "JANSSENS"}).encode())
    assert ask(register) == Found(outcome="valid")


def test_out_of_reach_is_no_answer() -> None:
    with GuardedClient(allowed_networks=[ip_network("127.0.0.0/8")]) as http:
        found = Vies(http, "http://127.0.0.1:9/rest-api").ask(NUMBER)
    assert (found.outcome, found.everywhere) == ("unavailable", True)
