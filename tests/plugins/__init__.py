"""What the tests need around them, as pytest plugins: a database, and tools of the system."""
