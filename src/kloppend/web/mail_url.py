"""KLOPPEND_SMTP_URL is the one way to name the mail server; here it becomes what Django asks for."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PATIENCE = 20
"""Seconds."""


def mail_settings(url: str, folder: str) -> dict[str, Any]:
    """Django's settings for `smtps://user:password@host:465` or `smtp://user:password@host:587` (STARTTLS).

    `smtp+plain://localhost:25` is for a mail server on the same machine. Without an url mails are written to `folder`.
    Raises ImproperlyConfigured for any other url; never repeats the url, which may hold a password.
    """
    if not url.strip():
        return {"EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend", "EMAIL_FILE_PATH": folder}
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured("KLOPPEND_SMTP_URL is not a URL: write special characters as %XX") from None
    ports = {"smtps": 465, "smtp": 587, "smtp+plain": 25}
    if parts.scheme not in ports or not parts.hostname:
        raise ImproperlyConfigured("KLOPPEND_SMTP_URL must look like smtps://user:password@host:465")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or ports[parts.scheme],
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": parts.scheme == "smtp",
        "EMAIL_TIMEOUT": PATIENCE,
    }
