"""How all pages look: the base template, the components, and the words and symbols they share."""
