"""Gives stored secrets a new key. Old keys stay needed for as long as a backup made with them is kept."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.db import models, transaction

from kloppend.records.secrets import EncryptedTextField, decrypt, encrypt

SECRETS_OF_SECOND_FACTORS = frozenset({"secret", "seed", "migrated_codes"})


def rotate() -> int:
    """Encrypt every stored secret anew with the first of KLOPPEND_ENCRYPTION_KEYS; returns how many there were.

    Raises cryptography.fernet.InvalidToken, and changes nothing, when none of the keys opens one of them.
    """
    count = 0
    with transaction.atomic():
        for model in apps.get_models():
            names = [field.name for field in model._meta.get_fields() if isinstance(field, EncryptedTextField)]
            count += _rotate(model, names) if names else 0
        return count + _rotate_second_factors()


def _rotate(model: type[models.Model], names: list[str]) -> int:
    rows = model._default_manager.select_for_update(no_key=True).order_by("pk")
    for row in rows:
        row.save(update_fields=names)
    return len(rows) * len(names)


def _rotate_second_factors() -> int:
    """Authenticator apps and recovery codes: encrypted texts among others in a field of allauth's."""
    count = 0
    for row in Authenticator.objects.select_for_update(no_key=True).order_by("pk"):
        for name in SECRETS_OF_SECOND_FACTORS & row.data.keys():
            stored = row.data[name]
            row.data[name] = [_anew(text) for text in stored] if isinstance(stored, list) else _anew(stored)
            count += 1
        row.save(update_fields=["data"])
    return count


def _anew(sealed: Any) -> str:
    return encrypt(decrypt(str(sealed).encode())).decode()
