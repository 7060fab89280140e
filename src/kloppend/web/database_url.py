"""DATABASE_URL is the one way to name the database; here it becomes what Django asks for."""

from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

POSTGRESQL = "django.db.backends.postgresql"
NO_DATABASE = "kloppend.web.no_database"


def database_settings(url: str) -> dict[str, Any]:
    """An entry of Django's DATABASES for `postgresql://user:password@host:port/name?option=value`.

    A socket folder comes as `?host=/folder` or as a percent-encoded host. Other options go to the PostgreSQL client as
    they are (`sslmode=require`). An empty url gives a database that complains only once it is used, so that commands
    without a database need no configuration. Raises ImproperlyConfigured for any other url; never repeats the url,
    which may hold a password.
    """
    if not url.strip():
        return {"ENGINE": NO_DATABASE, "NAME": "none"}
    parts, port = _split(url.strip())
    options = dict(parse_qsl(parts.query))
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name:
        raise ImproperlyConfigured("DATABASE_URL must look like postgresql://user:password@host:5432/name")
    return {
        "ENGINE": POSTGRESQL,
        "NAME": name,
        "USER": unquote(parts.username or options.pop("user", "")),
        "PASSWORD": unquote(parts.password or options.pop("password", "")),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": options.pop("port", "") or str(port or ""),
        "OPTIONS": options,
    }


def _split(url: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(url)
        return parts, parts.port
    except ValueError:
        raise ImproperlyConfigured("DATABASE_URL is not a URL: write special characters as %XX") from None
