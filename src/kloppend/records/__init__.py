"""What must never be forgotten. Exactly once lives here, in unique constraints, not in hope."""
