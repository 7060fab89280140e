"""Django's settings, all from the environment: one place, no files to edit, nothing secret in the tree."""

import ipaddress
import os
import secrets
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


def _database(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name?host=/socket/folder` as Django wants it."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "OPTIONS": options,
    }


def _list(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


INSTALLED_APPS = ["kloppend.records"]
SECRET_KEY = os.environ.get("KLOPPEND_SECRET_KEY") or secrets.token_hex(32)
DATABASES = {"default": _database(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "nl"

KLOPPEND_ENCRYPTION_KEYS = _list("KLOPPEND_ENCRYPTION_KEYS")
KLOPPEND_HASH_KEY = os.environ.get("KLOPPEND_HASH_KEY", "")
KLOPPEND_ALLOWED_NETWORKS = tuple(ipaddress.ip_network(text) for text in _list("KLOPPEND_ALLOWED_NETWORKS"))
KLOPPEND_FILES_DIR = os.environ.get("KLOPPEND_FILES_DIR", "var/files")
