"""What was not forwarded and why, what can be done about it, and the button that looks again."""
