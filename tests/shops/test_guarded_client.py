"""The way out of the house leads to public addresses only, however they are spelled, and to nowhere else."""

import ipaddress
import socket
import ssl
import threading
import zlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kloppend.outside import errors
from kloppend.outside.addresses import is_permitted, permitted_addresses
from kloppend.outside.http import GuardedClient, Limits

NOT_PUBLIC = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0",
    "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "2001:db8::1",
    "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::1", "no address",
    "168.63.129.16", "192.88.99.1", "192.0.0.9", "192.0.0.171", "::ffff:168.63.129.16", "64:ff9b::a83f:8110",
    "2002:808:808::1", "2001:0:808:808::1", "2001:1::1", "2001:20::1", "3fff::1", "fec0::1", "64:ff9b:1::808:808",
    "::8.8.8.8", "100::1", "4000::1", "5f00::1", "64:ff9b:2::1",
]  # fmt: skip
PUBLIC = [
    "93.184.216.34",
    "8.8.8.8",
    "2001:470::1",
    "2a00:1450::1",
    "168.63.129.17",
    "2606:4700:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
ODD_SPELLINGS = ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "0", "[::1]", "[::ffff:7f00:1]", "[::]"]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_addresses_that_are_not_public_are_refused(address: str) -> None:
    assert not is_permitted(address, ())


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_permitted(address: str) -> None:
    assert is_permitted(address, ())


@given(st.ip_addresses(network="10.0.0.0/8") | st.ip_addresses(network="127.0.0.0/8"))
def test_an_address_hidden_in_ipv6_is_judged_all_the_same(address: ipaddress.IPv4Address) -> None:
    for prefix in ("::ffff:0:0", "64:ff9b::", "::"):
        hidden = ipaddress.IPv6Address(int(ipaddress.IPv6Address(prefix)) + int(address))
        assert not is_permitted(str(hidden), ())


def test_the_operator_can_allow_a_network() -> None:
    home = (ipaddress.ip_network("10.1.0.0/16"),)
    assert is_permitted("10.1.2.3", home)
    assert is_permitted("::ffff:10.1.2.3", home)
    assert not is_permitted("10.2.0.1", home)


@pytest.mark.parametrize(
    ("address", "networks", "permitted"),
    [
        ("::1", ["::1/128"], True),
        ("fd12::1", ["fd12::/16"], True),
        ("2002:7f00:1::", ["2002::/16"], False),
        ("2002:7f00:1::", ["127.0.0.0/8"], False),
        ("2002:7f00:1::", ["2002::/16", "127.0.0.0/8"], True),
        ("2002:808:808::1", ["2002::/16"], True),
        ("2001:0:a00:1::1", ["2001::/32"], False),
        ("64:ff9b::7f00:1", ["64:ff9b::/96"], False),
        ("64:ff9b:1::a00:1", ["64:ff9b:1::/48"], False),
        ("::ffff:10.0.0.1", ["::/0"], False),
        ("::10.0.0.1", ["::/96"], False),
    ],
)
def test_an_allowed_network_does_not_allow_what_is_wrapped_in_it(
    address: str, networks: list[str], permitted: bool
) -> None:
    assert is_permitted(address, [ipaddress.ip_network(network) for network in networks]) is permitted


@pytest.mark.parametrize("host", ODD_SPELLINGS)
def test_odd_spellings_lead_nowhere_private(host: str) -> None:
    with GuardedClient() as client, pytest.raises((errors.AddressRefused, errors.AddressInvalid)):
        client.get(f"http://{host}/")


@pytest.mark.parametrize("found", [["10.0.0.5"], ["::1", "127.0.0.1"], ["169.254.169.254"]])
def test_a_name_that_leads_to_a_private_address_is_refused(found: list[str]) -> None:
    with GuardedClient(by=lambda host: found) as client, pytest.raises(errors.AddressRefused):
        client.get("http://innocent.example/")


def test_of_several_addresses_only_public_ones_are_called() -> None:
    assert permitted_addresses("x", (), within=1, by=lambda host: ["10.0.0.1", "8.8.8.8"]) == ("8.8.8.8",)


def test_the_connection_goes_to_the_checked_address_without_a_second_look_up() -> None:
    asked: list[str] = []

    def rebinding(host: str) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=answer_once, args=(listening,))
        thread.start()
        network = (ipaddress.ip_network("127.0.0.1/32"),)
        with GuardedClient(allowed_networks=network, by=rebinding) as client:
            answer = client.get(f"http://shop.example:{listening.getsockname()[1]}/x?a=1", {"b": "é &"})
        thread.join()
    assert asked == ["shop.example"]
    assert answer.body == b"GET /x?a=1&b=%C3%A9%20%26 HTTP/1.1"


def answer_once(listening: socket.socket) -> None:
    """Answer with the request's first line."""
    connection, _ = listening.accept()
    with connection:
        line = connection.recv(65536).split(b"\r\n")[0]
        connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s" % (len(line), line))


PACKED = zlib.compressobj(9, zlib.DEFLATED, 31)
GZIP = PACKED.compress(b"hello " * 100) + PACKED.flush()


@pytest.mark.parametrize(
    ("sent", "body"),
    [(GZIP, b"hello " * 100), (b"", b""), (GZIP[:-1], None), (GZIP[:-8], None), (GZIP[:5], None), (GZIP + b"x", None)],
)
def test_a_packed_answer_is_whole_or_broke_off(sent: bytes, body: bytes | None) -> None:
    head = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(sent)

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(head + sent)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        with GuardedClient(allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),)) as client:
            url = f"http://127.0.0.1:{listening.getsockname()[1]}/"
            if body is None:
                with pytest.raises(errors.ConnectionFailed):
                    client.get(url)
            else:
                assert client.get(url).body == body
        thread.join()


def test_a_status_line_that_is_none_is_garbled_and_not_broken_off() -> None:
    """OpenCart 1.5 writes this one for every unknown route, and some servers pass it on as it is."""

    def serve() -> None:
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\nnot here")

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        with (
            GuardedClient(allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),)) as client,
            pytest.raises(errors.AnswerGarbled),
        ):
            client.get(f"http://127.0.0.1:{listening.getsockname()[1]}/")
        thread.join()


def test_names_nobody_knows() -> None:
    def unknown(host: str) -> Sequence[str]:
        raise socket.gaierror(-2, host)

    with GuardedClient(by=unknown) as client, pytest.raises(errors.NameUnknown):
        client.get("http://shop.example/")


def test_a_look_up_that_hangs_ends_in_time() -> None:
    release = threading.Event()

    def hanging(host: str) -> Sequence[str]:
        release.wait(10)
        return []

    with GuardedClient(by=hanging, limits=Limits(total=0.05)) as client, pytest.raises(errors.TimedOut):
        client.get("http://shop.example/")
    release.set()


@pytest.mark.parametrize(
    "url", ["", "shop", "ftp://x/", "file:///etc/passwd", "http://", "http://u:p@x/", "http://x:0/", "http://x:99999/",
            "http://[x/", "http://x%00/", "http://x y/", "http://☃:1:2/"],
)  # fmt: skip
def test_only_plain_web_addresses_are_called(url: str) -> None:
    with GuardedClient() as client, pytest.raises(errors.AddressInvalid):
        client.get(url)


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    asked: list[str] = []

    def nothing(host: str) -> Sequence[str]:
        asked.append(host)
        return ["10.0.0.1"]

    with GuardedClient(by=nothing) as client, pytest.raises(errors.AddressRefused):
        client.get("http://shop.example/")
    assert asked == ["shop.example"]


def test_certificates_are_checked_by_default() -> None:
    with GuardedClient() as client:
        transport = client._client._transport
    context = transport._pool._ssl_context  # type: ignore[attr-defined]
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
