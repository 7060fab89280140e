"""Access to books that answer: the owner consents, and chooses the administration."""
