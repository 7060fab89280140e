"""The rest of the world, guarded: HTTP to shops, and the embedded PostgreSQL."""
