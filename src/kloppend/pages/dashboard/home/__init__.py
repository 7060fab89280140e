"""Where a visitor lands: the connections that are theirs."""
