"""Logging in: allauth does the work, in our own look. Accounts are given out, nobody signs up."""
