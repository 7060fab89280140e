"""Gives stored secrets a new key. Old keys stay needed for as long as a backup made with them is kept."""

from django.apps import apps
from django.db import models, transaction

from kloppend.records.secrets import EncryptedTextField


def rotate() -> int:
    """Encrypt every stored secret anew with the first of KLOPPEND_ENCRYPTION_KEYS; returns how many there were.

    Raises cryptography.fernet.InvalidToken, and changes nothing, when none of the keys opens one of them.
    """
    count = 0
    with transaction.atomic():
        for model in apps.get_models():
            names = [field.name for field in model._meta.get_fields() if isinstance(field, EncryptedTextField)]
            count += _rotate(model, names) if names else 0
    return count


def _rotate(model: type[models.Model], names: list[str]) -> int:
    rows = model._default_manager.select_for_update(no_key=True).order_by("pk")
    for row in rows:
        row.save(update_fields=names)
    return len(rows) * len(names)
