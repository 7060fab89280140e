"""Adding a connection: who the shop is and whether it answers. The choices follow on the settings page."""
