"""Everything about one order: what the shop says, what the invoice says, why, and what happened when."""
