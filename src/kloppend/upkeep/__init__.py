"""What keeps an installation going, and its operator informed."""
