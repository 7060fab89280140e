"""The extension on Apache with FastCGI: rewriting, a subfolder, headers taken away, https; where it is installed."""

import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kloppend.outside.http import GuardedClient
from kloppend.shops.opencart import OpenCartShop
from kloppend.shops.opencart.simulator import RECORDINGS
from kloppend.shops.port import ShopAccess
from tests.extension import tables
from tests.extension.shop import HERE, Host, InstalledShop, unpack, version_of
from tests.plugins.tools import MariaDb, php_name, tool
from tests.shops.contract import fetch
from tests.shops.rig import KEY, LICENCE, LOOPBACK, QUICK, SHORT

MODULES = Path("/usr/lib/apache2/modules")
LOADED = (
    *("mpm_event", "authz_core", "mime", "alias", "rewrite", "headers", "deflate", "filter", "setenvif"),
    *("proxy", "proxy_fcgi", "socache_shmcb", "ssl"),
)
CONFIGURATION = """
ServerRoot "{folder}"
PidFile "{folder}/pid"
DefaultRuntimeDir "{folder}"
ErrorLog "{folder}/log"
ServerName shop.example
{modules}
TypesConfig /etc/mime.types
Listen 127.0.0.1:{plain}
Listen 127.0.0.1:{secure}
Listen 127.0.0.1:{moved}
<Directory />
  Require all granted
</Directory>
# every header that a browser sends and a protocol could have used
RequestHeader unset Authorization
RequestHeader unset User-Agent
RequestHeader unset Accept
AddOutputFilterByType DEFLATE application/json text/html
ProxyFCGISetEnvIf true SCRIPT_FILENAME "{front}"
<VirtualHost 127.0.0.1:{plain}>
  RewriteEngine On
  RewriteRule ^/([a-z0-9_]+)/(admin/)?index\\.php$ "fcgi://127.0.0.1:{fastcgi}{front}" [P,L]
</VirtualHost>
<VirtualHost 127.0.0.1:{secure}>
  SSLEngine on
  SSLCertificateFile "{certificate}"
  SSLCertificateKeyFile "{certificate}"
  RewriteEngine On
  RewriteRule ^/([a-z0-9_]+)/(admin/)?index\\.php$ "fcgi://127.0.0.1:{fastcgi}{front}" [P,L]
</VirtualHost>
<VirtualHost 127.0.0.1:{moved}>
  RewriteEngine On
  RewriteCond %{{HTTP_HOST}} ^www\\. [NC]
  RewriteRule ^ http://shop.example:{moved}%{{REQUEST_URI}} [R=301,L]
  RewriteRule ^/old/(.*)$ /$1 [R=302,L]
  RewriteRule ^/([a-z0-9_]+)/(admin/)?index\\.php$ "fcgi://127.0.0.1:{fastcgi}{front}" [P,L]
</VirtualHost>
"""


@dataclass(frozen=True, slots=True)
class Apache:
    """Ports of one server: http, https, and one that redirects."""

    host: Host
    plain: int
    secure: int
    moved: int


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody uses now."""
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)


@pytest.fixture
def apache(mariadb: MariaDb, tmp_path: Path, certificate: Path) -> Iterator[Apache]:
    server, cgi = tool("apache2"), tool("php-cgi")
    unpack(tmp_path)
    plain, secure, moved, fastcgi = free_ports(4)
    names = [name for name in LOADED if (MODULES / f"mod_{name}.so").is_file()]
    configuration = CONFIGURATION.format(
        folder=tmp_path,
        modules="\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names),
        plain=plain,
        secure=secure,
        moved=moved,
        fastcgi=fastcgi,
        certificate=certificate,
        front=HERE / "front.php",
    )
    configuration += "User nobody\nGroup nogroup\n" if os.geteuid() == 0 else ""
    (tmp_path / "apache.conf").write_text(configuration)
    own = {"FRONT_SOCKET": str(mariadb.socket), "FRONT_PREFIX": tables.PREFIX, "FRONT_PACKAGES": str(tmp_path)}
    surroundings = os.environ | own | {"PHP_FCGI_CHILDREN": "2"}
    with (tmp_path / "output").open("wb") as log:
        started = [
            subprocess.Popen([cgi, "-b", f"127.0.0.1:{fastcgi}"], env=surroundings, stdout=log, stderr=log),
            subprocess.Popen([server, "-DFOREGROUND", "-f", str(tmp_path / "apache.conf")], stdout=log, stderr=log),
        ]
    try:
        wait_for(fastcgi)
        wait_for(plain)
        yield Apache(Host(f"http://127.0.0.1:{plain}", mariadb, version_of(tool(php_name()))), plain, secure, moved)
    finally:
        for process in started:
            process.terminate()
            process.wait(timeout=30)


@pytest.fixture
def shop(apache: Apache) -> Iterator[InstalledShop]:
    found = apache.host.shop(tables.recording(RECORDINGS[2]))
    yield found
    found.close()


def asked(address: str, certificate: Path) -> set[str]:
    """Numbers of the orders that the real client finds there; names lead to this machine."""
    trusted = ssl.create_default_context(cafile=certificate)
    http = GuardedClient(allowed_networks=LOOPBACK, limits=SHORT, by=lambda host: ["127.0.0.1"], tls=trusted)
    found = OpenCartShop(ShopAccess(address=address, api_key=KEY, licence_key=LICENCE), http, QUICK)
    ids = set(fetch(found).ids)
    found.close()
    return ids


def test_orders_come_through(apache: Apache, shop: InstalledShop, certificate: Path) -> None:
    for address in (
        f"http://127.0.0.1:{apache.plain}",
        f"https://shop.example:{apache.secure}",
        f"http://shop.example:{apache.moved}",
        f"http://www.shop.example:{apache.moved}",
        f"http://www.shop.example:{apache.moved}/old",
    ):
        assert asked(f"{address}/{shop.database}/", certificate) == shop.confirmed_ids(), address


def test_outsiders_and_the_settings_page(apache: Apache, shop: InstalledShop) -> None:
    answer = shop.get("action=ping")
    assert (answer.status_code, answer.text) == (403, '{"error":"refused"}')
    assert "no-store" in answer.headers["cache-control"]
    assert "kloppend-api_key" in shop.admin().text
