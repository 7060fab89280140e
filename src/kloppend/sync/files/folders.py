"""Where a connection's files lie, ready to be downloaded."""

from pathlib import Path

from django.conf import settings

from kloppend.records.models import Connection


def folder_of(connection: Connection) -> Path:
    """The connection's own folder, which a change of name does not move: half placed files must be found again."""
    return Path(settings.KLOPPEND_FILES_DIR) / f"connection-{connection.pk}"
