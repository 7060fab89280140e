"""What people see in their browser: one folder per purpose, each with its views, templates and queries."""
