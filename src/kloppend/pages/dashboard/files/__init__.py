"""The files for the books: take them, take them back, say that they were imported, or have one made."""
