"""Secrets at rest are encrypted, customers are recognised by a keyed hash instead of their e-mail."""

import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models

from kloppend.domain.customers import email_key


@lru_cache(maxsize=4)
def _box(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("KLOPPEND_ENCRYPTION_KEYS holds no key: secrets cannot be stored or read.")
    return MultiFernet([Fernet(key) for key in keys])


def encrypt(content: bytes) -> bytes:
    """Bytes that only this installation's keys open; the first of them is used."""
    return _box(tuple(settings.KLOPPEND_ENCRYPTION_KEYS)).encrypt(content)


def decrypt(sealed: bytes) -> bytes:
    """The bytes again, by any of the keys. Raises cryptography.fernet.InvalidToken."""
    return _box(tuple(settings.KLOPPEND_ENCRYPTION_KEYS)).decrypt(sealed)


if TYPE_CHECKING:
    TextField = models.TextField[str, str]
else:
    TextField = models.TextField


class EncryptedTextField(TextField):
    """Text that the database never sees in the clear; the first of KLOPPEND_ENCRYPTION_KEYS encrypts, all decrypt."""

    def get_prep_value(self, value: Any) -> Any:
        """Encrypt on the way in."""
        return _box(tuple(settings.KLOPPEND_ENCRYPTION_KEYS)).encrypt(str(value).encode()).decode()

    def from_db_value(self, value: str | None, *_: object) -> str | None:
        """Decrypt on the way out; None where a joined row is missing."""
        if value is None:
            return None
        return _box(tuple(settings.KLOPPEND_ENCRYPTION_KEYS)).decrypt(value.encode()).decode()


def email_hash(email: str) -> str:
    """64 hex digits that stand for an e-mail address; see domain.customers.email_key for which count as equal.

    Raises ValueError for an empty one: two customers without an address are not one customer.
    """
    key = email_key(email)
    if not key:
        raise ValueError("nobody is recognised by an empty e-mail address")
    return keyed_hash(key)


def keyed_hash(text: str) -> str:
    """64 hex digits that stand for a text; without our key nobody can find out by guessing what the text was."""
    if not settings.KLOPPEND_HASH_KEY:
        raise ImproperlyConfigured("KLOPPEND_HASH_KEY is empty: customers cannot be recognised.")
    return hmac.new(settings.KLOPPEND_HASH_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


def licence_fingerprint(mark: str) -> str:
    """What a licence's mark is looked up by: 64 hex digits, or nothing when there is no licence."""
    return keyed_hash(f"licence {mark}") if mark else ""
