"""PostgreSQL without installing it, for the demo, the tests and a quick start. For real use set DATABASE_URL."""

from kloppend.outside.postgres.embedded import EmbeddedPostgresError, embedded_postgres

__all__ = ["EmbeddedPostgresError", "embedded_postgres"]
