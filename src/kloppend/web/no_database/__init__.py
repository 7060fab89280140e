"""Stands in for the database while DATABASE_URL is not set: silent until somebody really asks for data."""
