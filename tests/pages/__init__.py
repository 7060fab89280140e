"""The pages, through Django's test client."""
