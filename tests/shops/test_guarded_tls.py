"""Secure connections through the guard: the certificate must fit the name, though the connection goes to an address."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from kloppend.outside import errors
from kloppend.outside.http import GuardedClient, Limits

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.fixture
def port(certificate: Path) -> Iterator[int]:
    """A server with this certificate that answers once."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def serve() -> None:
        connection, _ = listening.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                secure.recv(65536)
                secure.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello")
        except OSError:
            connection.close()  # the client did not trust us

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def client(certificate: Path | None) -> GuardedClient:
    trusted = ssl.create_default_context(cafile=certificate) if certificate else None
    return GuardedClient(allowed_networks=LOOPBACK, limits=Limits(total=5), by=lambda host: ["127.0.0.1"], tls=trusted)


def test_a_certificate_for_the_name_is_accepted(certificate: Path, port: int) -> None:
    with client(certificate) as outside:
        assert outside.get(f"https://shop.example:{port}/").body == b"hello"


def test_a_certificate_nobody_vouches_for_is_not(port: int) -> None:
    with client(None) as outside, pytest.raises(errors.TlsFailed):
        outside.get(f"https://shop.example:{port}/")


def test_a_certificate_for_another_name_is_not(certificate: Path, port: int) -> None:
    with client(certificate) as outside, pytest.raises(errors.TlsFailed):
        outside.get(f"https://other.example:{port}/")
