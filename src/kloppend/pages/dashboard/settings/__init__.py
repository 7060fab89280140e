"""Every setting of a connection, and a live test of it."""
