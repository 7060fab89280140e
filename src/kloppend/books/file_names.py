"""What a shop calls itself, made fit for a file name."""

import re
import unicodedata


def slug(shop_name: str) -> str:
    """Small letters, digits and hyphens; "shop" when nothing is left."""
    ascii_letters = unicodedata.normalize("NFKD", shop_name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", ascii_letters)[:40].strip("-") or "shop"
