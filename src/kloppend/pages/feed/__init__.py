"""The HTTPS feed: files for a program of the merchant, which has a secret instead of a login."""
