"""The month list: the accountant's tick list."""
