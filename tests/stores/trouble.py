"""What stops a store test, in words for whoever started it."""


class StoreTrouble(Exception):  # noqa: N818 - a trouble of the store, not a mistake of the caller
    """The store did not do what a shopkeeper or customer asked of it; the message says what it answered."""
