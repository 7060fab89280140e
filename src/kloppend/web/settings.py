"""Django's settings, all from the environment: one place, no files to edit, nothing secret in the tree."""

import os
import secrets
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from kloppend.web.database_url import database_settings


def _list(name: str) -> list[str]:
    """The values of a comma-separated variable, in order; none when it is not set."""
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def _networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """The IP networks of a comma-separated variable. Raises ImproperlyConfigured naming the one that is none."""
    networks = []
    for text in _list(name):
        try:
            networks.append(ip_network(text))
        except ValueError as error:
            raise ImproperlyConfigured(f"{name}: {error}. Write networks as 10.1.0.0/16, with commas.") from error
    return tuple(networks)


INSTALLED_APPS = ["kloppend.records"]
# Without a web server nothing outlives the process that would need the same key again.
SECRET_KEY = os.environ.get("KLOPPEND_SECRET_KEY") or secrets.token_urlsafe(50)
DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "nl"

# Fernet keys for what is stored encrypted: the first encrypts, every one of them decrypts.
KLOPPEND_ENCRYPTION_KEYS = _list("KLOPPEND_ENCRYPTION_KEYS")
# Customers are recognised by a keyed hash of their e-mail address, made with this key.
KLOPPEND_HASH_KEY = os.environ.get("KLOPPEND_HASH_KEY", "")
# A shop lives on the public internet, unless its address is in one of these networks.
KLOPPEND_ALLOWED_NETWORKS = _networks("KLOPPEND_ALLOWED_NETWORKS")
KLOPPEND_FILES_DIR = Path(os.environ.get("KLOPPEND_FILES_DIR") or "var/files")
