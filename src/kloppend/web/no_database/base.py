"""The part Django loads: PostgreSQL in everything, except that it has nowhere to connect to."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that can never be opened."""

    def get_connection_params(self) -> dict[str, Any]:
        """Raises ImproperlyConfigured that says what to set."""
        raise ImproperlyConfigured(
            "This needs a database, and DATABASE_URL is not set. Set it, for instance to"
            " postgresql://user:password@localhost:5432/kloppend (`make demo` brings its own database)."
        )
