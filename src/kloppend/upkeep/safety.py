"""What makes an installation unsafe, as named checks: `kloppend run` refuses on them, the doctor tells them."""

import ipaddress
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from kloppend.records.models import Connection
from kloppend.web.home import DATABASE_FOLDER, MAIL_FOLDER, SECRETS_FILE

SHORTEST_KEY = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO
ENCRYPTED = ("require", "verify-ca", "verify-full")


@dataclass(frozen=True, slots=True)
class Setup:
    """What is to be judged, besides the settings: the home folder and where the web server listens."""

    home: Path
    address: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something unsafe: its name (for `--allow`), what it is, what to do."""

    name: str
    what: str
    do: str


Check = Callable[[Setup], Iterator[Finding]]


def findings(setup: Setup) -> list[Finding]:
    """Everything that is unsafe about this set-up. Needs the database."""
    return [finding for check in CHECKS for finding in check(setup)]


def not_root(_setup: Setup) -> Iterator[Finding]:
    """A mistake in a program that runs as root is a mistake with everything."""
    if os.geteuid() == 0:
        yield Finding("root", "Kloppend runs as root.", "Make an ordinary account for it and run it as that one.")


def keys_are_strong(_setup: Setup) -> Iterator[Finding]:
    """Keys that can be guessed protect nothing."""
    do = "Leave it out, and a good one is made, or set 64 random hexadecimal digits."
    for name, key in (("KLOPPEND_SECRET_KEY", settings.SECRET_KEY), ("KLOPPEND_HASH_KEY", settings.KLOPPEND_HASH_KEY)):
        if len(key) < SHORTEST_KEY or len(set(key)) < SHORTEST_KEY // 4:
            yield Finding("weak-key", f"{name} is missing, short or too simple.", do)
    for key in settings.KLOPPEND_ENCRYPTION_KEYS:
        try:
            Fernet(key)
        except ValueError:
            yield Finding("weak-key", "KLOPPEND_ENCRYPTION_KEYS holds something that is no Fernet key.", do)
    if not settings.KLOPPEND_ENCRYPTION_KEYS:
        yield Finding("weak-key", "KLOPPEND_ENCRYPTION_KEYS is empty.", do)


def keys_fit(_setup: Setup) -> Iterator[Finding]:
    """Keys made anew beside an old database would leave every shop unreachable."""
    try:
        Connection.objects.order_by("pk").first()
    except (InvalidToken, ValueError):
        what = "The encryption keys do not fit the database: they are not the ones its secrets were stored with."
        yield Finding("other-keys", what, f"Put back the {SECRETS_FILE} or KLOPPEND_ENCRYPTION_KEYS of this database.")


def no_debugging(_setup: Setup) -> Iterator[Finding]:
    """A debug page shows settings and data to whoever causes an error."""
    if settings.DEBUG:
        yield Finding("debug", "Django's DEBUG is on.", "Switch it off.")


def public_means_https(setup: Setup) -> Iterator[Finding]:
    """Logins and orders do not travel in the clear."""
    https, host = settings.KLOPPEND_BASE_URL.startswith("https://"), urlsplit(settings.KLOPPEND_BASE_URL).hostname
    do = "Put a web server with a certificate before it and set KLOPPEND_BASE_URL to its https address."
    if not https and not _loopback(setup.address):
        yield Finding("open-to-all", f"The web server listens at {setup.address} without https.", do)
    if not https and not _loopback(host or ""):
        yield Finding("no-https", f"KLOPPEND_BASE_URL ({settings.KLOPPEND_BASE_URL}) is not an https address.", do)


def private_files(setup: Setup) -> Iterator[Finding]:
    """Names, addresses and keys are for our own eyes."""
    home, files = setup.home, Path(settings.KLOPPEND_FILES_DIR)
    ours = (files, home / SECRETS_FILE, home / MAIL_FOLDER, home / DATABASE_FOLDER / "cluster")
    for path in ours:
        if path.exists() and path.stat().st_mode & OTHERS:
            mode = "600" if path.is_file() else "700"
            yield Finding("readable-by-others", f"Other users can get into {path}.", f"chmod {mode} {path}")


def private_database(_setup: Setup) -> Iterator[Finding]:
    """What goes to a database elsewhere goes encrypted."""
    database = settings.DATABASES["default"]
    host, mode = str(database.get("HOST", "")), str(database.get("OPTIONS", {}).get("sslmode", ""))
    if host and not host.startswith("/") and not _loopback(host) and mode not in ENCRYPTED:
        do = "Add ?sslmode=verify-full (or at least require) to DATABASE_URL."
        yield Finding("database-in-the-clear", "The connection to the database is not encrypted.", do)


def guarded_networks(_setup: Setup) -> Iterator[Finding]:
    """A shop's address comes from a merchant: it must not lead into our own network."""
    for network in settings.KLOPPEND_ALLOWED_NETWORKS:
        if network.prefixlen == 0 or network.is_loopback or network.is_link_local:
            what = f"KLOPPEND_ALLOWED_NETWORKS lets shops' addresses lead to {network}."
            yield Finding("own-network", what, "Name only the networks in which your shops stand.")


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


CHECKS: tuple[Check, ...] = (
    not_root,
    keys_are_strong,
    keys_fit,
    no_debugging,
    public_means_https,
    private_files,
    private_database,
    guarded_networks,
)
