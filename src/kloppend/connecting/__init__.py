"""From what a merchant fills in to a running connection: the draft, what the shop offers, the checks, activation."""
