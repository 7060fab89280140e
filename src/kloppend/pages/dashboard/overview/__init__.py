"""How one connection is doing, at a glance."""
