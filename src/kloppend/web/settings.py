"""Django's settings, all from the environment: one place, no files to edit, nothing secret in the tree."""

import os
import secrets
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from kloppend.outside.vies import OFFICIAL
from kloppend.web.database_url import database_settings
from kloppend.web.logs import logging_settings
from kloppend.web.mail_url import mail_settings


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


def _count(name: str) -> int:
    """A whole number, 0 when it is not set. Raises ImproperlyConfigured for anything else."""
    text = os.environ.get(name, "").strip() or "0"
    if not (text.isascii() and text.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, such as 1.")
    return int(text)


INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "kloppend.records",
    "kloppend.pages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
    "django_htmx",
]
# The jobs; named here because the framework looks for a module of its own naming.
PROCRASTINATE_IMPORT_PATHS = ["kloppend.sync.jobs"]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "kloppend.web.urls"
STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True  # straight from the folders of the apps: no step before the start
LOGGING = logging_settings(os.environ.get("KLOPPEND_LOG_LEVEL") or "WARNING")

# The address people type in. Served under https, cookies travel under https only.
KLOPPEND_BASE_URL = (os.environ.get("KLOPPEND_BASE_URL") or "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = [urlsplit(KLOPPEND_BASE_URL).hostname or "", "localhost", "127.0.0.1", "[::1]"]
if KLOPPEND_BASE_URL.startswith("https://"):
    CSRF_TRUSTED_ORIGINS = [KLOPPEND_BASE_URL]
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
SESSION_COOKIE_AGE = 14 * 24 * 3600

# Without a web server nothing outlives the process that would need the same key again.
SECRET_KEY = os.environ.get("KLOPPEND_SECRET_KEY") or secrets.token_urlsafe(50)
DATABASES = {"default": database_settings(os.environ.get("DATABASE_URL", ""))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"

# --- Web: pages. Templates stand beside the views they belong to; static files are served as they are.
PAGES = Path(__file__).parent.parent / "pages"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PAGES / "look", PAGES / "accounts" / "templates", PAGES],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kloppend.pages.look.appearance.look",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "kloppend.pages.look.tags"],
        },
    }
]
STATICFILES_DIRS = [PAGES / "look" / "static"]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# --- Web: languages. Dutch, unless the browser prefers English or somebody chooses it; a cookie remembers the choice.
LANGUAGE_CODE = "nl"
LANGUAGES = [("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [PAGES / "locale", PAGES / "accounts" / "locale"]  # the second: allauth says "je", we say "u"
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = int(timedelta(days=365).total_seconds())

# --- Web: logging in. Accounts are given out by the operator; nobody signs up.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 10},
        "CommonPasswordValidator": {},
    }.items()
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "kloppend.pages.accounts.adapter.GivenOutAccounts"
ACCOUNT_LOGIN_METHODS = {"email", "username"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = None
ALLAUTH_TRUSTED_PROXY_COUNT = _count("KLOPPEND_TRUSTED_PROXIES")
MFA_ADAPTER = "kloppend.pages.accounts.adapter.EncryptedFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Kloppend"

# --- Web: what browsers may do with our pages. Everything comes from ourselves; nothing stands inline.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # the QR code of the second factor is such an image
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
LANGUAGE_COOKIE_SECURE = KLOPPEND_BASE_URL.startswith("https://")
LANGUAGE_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# Fernet keys for what is stored encrypted: the first encrypts, every one of them decrypts.
KLOPPEND_ENCRYPTION_KEYS = _list("KLOPPEND_ENCRYPTION_KEYS")
# Customers are recognised by a keyed hash of their e-mail address, made with this key.
KLOPPEND_HASH_KEY = os.environ.get("KLOPPEND_HASH_KEY", "")
# A shop lives on the public internet, unless its address is in one of these networks.
KLOPPEND_ALLOWED_NETWORKS = _networks("KLOPPEND_ALLOWED_NETWORKS")
# Whether a connection needs a licence that this installation gave out (`kloppend licence`).
KLOPPEND_LICENCES_DEMANDED = os.environ.get("KLOPPEND_LICENCES_DEMANDED", "").lower() in ("1", "true", "yes")
# Where VAT numbers are checked; `off`: nowhere, and supplies within the EU wait or go unchecked, as the merchant chose.
KLOPPEND_VIES = os.environ.get("KLOPPEND_VIES") or OFFICIAL
if KLOPPEND_VIES.lower() == "off":
    KLOPPEND_VIES = ""
# How Asperion knows the operator of this service; empty: no connection by its API.
KLOPPEND_ASPERION_CLIENT_ID = os.environ.get("KLOPPEND_ASPERION_CLIENT_ID", "")
KLOPPEND_ASPERION_CLIENT_SECRET = os.environ.get("KLOPPEND_ASPERION_CLIENT_SECRET", "")
# Where Asperion is; others for its sandbox or for the simulator.
OPTIONS_OF_BOOKS = {
    "asperion_rest": {
        name: os.environ[variable].rstrip("/")
        for name, variable in (("api", "KLOPPEND_ASPERION_API"), ("identity", "KLOPPEND_ASPERION_IDENTITY"))
        if os.environ.get(variable)
    }
}
# Folders of this machine in which files may be put for others to take, each with the folders directly in it.
KLOPPEND_DELIVERY_FOLDERS = _list("KLOPPEND_DELIVERY_FOLDERS")
KLOPPEND_FILES_DIR = Path(os.environ.get("KLOPPEND_FILES_DIR") or "var/files")

# Without a mail server mails become files in this folder.
MAIL_FOLDER = Path(os.environ.get("KLOPPEND_HOME") or "var") / "mail"
DEFAULT_FROM_EMAIL = os.environ.get("KLOPPEND_MAIL_FROM") or "Kloppend <kloppend@localhost>"
globals().update(mail_settings(os.environ.get("KLOPPEND_SMTP_URL", ""), str(MAIL_FOLDER)))
KLOPPEND_BACKUP_DIR = Path(os.environ.get("KLOPPEND_BACKUP_DIR") or "var/backups")
