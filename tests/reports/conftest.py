"""Reports are read from what the steps leave behind: the same store and connection as theirs."""

from tests.sync.conftest import _files, connection, server, store

__all__ = ["_files", "connection", "server", "store"]
