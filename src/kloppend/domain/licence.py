"""What is said of a licence key without telling it: its mark, which travels between shop and platform."""

import hashlib


def licence_mark(licence_key: str) -> str:
    """The first 16 hex digits of the SHA-256 of the key's UTF-8, or nothing when there is no key."""
    return hashlib.sha256(licence_key.encode("utf-8")).hexdigest()[:16] if licence_key else ""
