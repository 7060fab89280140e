"""How long the daily work takes, and how much memory: `make bench`."""
