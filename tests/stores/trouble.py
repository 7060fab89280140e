"""What stops a store test, in words for whoever started it."""


class StoreTrouble(Exception):
    """The store did not do what a shopkeeper or customer asked of it; the message says what it answered."""
