"""What the extension in a shop asks us: whether we know this shop."""
