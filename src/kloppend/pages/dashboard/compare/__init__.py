"""Comparing with an export of the books, for what goes out by file and gets no answer."""
