"""Where a connection's files lie, ready to be downloaded."""

from pathlib import Path

from django.conf import settings
from django.utils.text import slugify

from kloppend.records.models import Connection


def folder_of(connection: Connection) -> Path:
    """The connection's own folder; the number keeps two shops of one name apart."""
    return Path(settings.KLOPPEND_FILES_DIR) / f"{connection.pk}-{slugify(connection.name) or 'shop'}"
