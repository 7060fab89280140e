"""The pages of one connection: what was forwarded, what was not and why, and what can be done about it."""
