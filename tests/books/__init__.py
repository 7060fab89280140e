"""The books: a contract suite that every package's adapter passes, and each adapter's own tests."""
