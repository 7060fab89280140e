"""How Django is set up."""
