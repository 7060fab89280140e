"""Which orders were forwarded, when, and in which file."""
