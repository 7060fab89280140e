"""The aXML order file: what it looks like stands in a profile (TOML), this folder only obeys it."""

from kloppend.books.asperion.axml.channel import AxmlBooks
from kloppend.books.asperion.axml.layout import ProfileError

__all__ = ["AxmlBooks", "ProfileError"]
